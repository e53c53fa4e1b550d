import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { plain } from '../terraform/plain.fixture.ts'
import { cloudFormationReader } from './reader.ts'

function read(text: string, path = 'stack.yaml') {
  const source = new SourceText(path, Buffer.from(text))
  return cloudFormationReader.read(source, { expired: () => false })
}

function bodiesIn(text: string, path?: string): Record<string, unknown> {
  const { resources, problem } = read(text, path)
  expect(problem).toBe(null)
  return Object.fromEntries(
    resources.map(({ type, address, body }) => [`${type} ${address}`, plain(body)]),
  )
}

/** What one property becomes. */
function encryptedBy(value: string, around = ''): unknown {
  const text = `${around}
Resources:
  Data:
    Type: AWS::EC2::Volume
    Properties:
      Encrypted: ${value}
`
  const body = bodiesIn(text)['aws_ebs_volume Data'] as Record<string, unknown>
  return body.encrypted
}

const settings = `
Parameters:
  Switch: { Type: String, Default: "yes" }
  Stage: { Type: String }
  Hosts: { Type: CommaDelimitedList, Default: "a, b" }
Mappings:
  Sizes: { live: { encrypted: true } }
Conditions:
  IsOn: !Equals [!Ref Switch, "yes"]
  IsOff: !Not [{ Condition: IsOn }]
  IsLive: !Equals [!Ref Stage, live]
  Loop: !Or [{ Condition: Loop }, { Condition: IsLive }]
`

describe('functions of CloudFormation', () => {
  it.each<[written: string, value: unknown]>([
    ['!Ref Switch', 'yes'],
    ['{ Ref: Stage }', '?'],
    ['!Ref Hosts', ['a', 'b']],
    ['!Ref AWS::NoValue', undefined],
    ['!Ref AWS::Region', '?'],
    ['!Ref Other', '?Other'],
    ['!GetAtt Other.Arn', '?Other'],
    ['{ "Fn::GetAtt": [Other, Arn] }', '?Other'],
    ['!If [IsOn, true, false]', true],
    ['!If [IsOff, true, !Ref AWS::NoValue]', undefined],
    ['!If [IsLive, true, false]', '?'],
    ['!If [Loop, true, false]', '?'],
    [`!Sub "is \${Switch}"`, 'is yes'],
    [`!Sub "arn:\${Other.Arn}"`, '?Other'],
    [`!Sub ["\${a}-\${Switch}", { a: x }]`, 'x-yes'],
    [`!Sub "\${!Literal}"`, `\${!Literal}`],
    ['!Join ["-", [a, !Ref Switch]]', 'a-yes'],
    ['!Join ["", [a, !Ref Stage]]', '?'],
    ['!FindInMap [Sizes, live, encrypted]', true],
    ['!FindInMap [Sizes, !Ref Stage, encrypted]', '?'],
    ['!Select [1, !Split [",", "a,b"]]', 'b'],
    ['!ImportValue shared', '?'],
  ])('%s', (written, value) => {
    expect(encryptedBy(written, settings)).toEqual(value)
  })
})

describe('a template of CloudFormation', () => {
  it('is read as the resources of Terraform that say the same', () => {
    const text = `
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead
      VersioningConfiguration: { Status: Enabled }
      PublicAccessBlockConfiguration: { BlockPublicAcls: true }
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Scheme: internal
      LoadBalancerAttributes:
        - { Key: access_logs.s3.enabled, Value: "true" }
`
    expect(bodiesIn(text)).toMatchObject({
      'aws_s3_bucket Logs': { acl: 'public-read', versioning: { enabled: true } },
      'aws_s3_bucket_public_access_block Logs/aws_s3_bucket_public_access_block': {
        block_public_acls: true,
        bucket: '?Logs',
      },
      'aws_security_group Web': {
        description: 'web',
        ingress: [{ protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'] }],
      },
      'aws_lb Balancer': { internal: true, access_logs: { enabled: 'true' } },
    })
  })

  it('keeps policies and what people name themselves', () => {
    const text = JSON.stringify({
      Resources: {
        Runs: {
          Type: 'AWS::Lambda::Function',
          Properties: { Environment: { Variables: { DbPassword: 'x' } } },
        },
        May: {
          Type: 'AWS::IAM::Role',
          Properties: {
            Policies: [{ PolicyName: 'a', PolicyDocument: { Statement: [{ NotAction: 'b' }] } }],
          },
        },
      },
    })
    expect(bodiesIn(text, 'stack.json')).toMatchObject({
      'aws_lambda_function Runs': { environment: { variables: { DbPassword: 'x' } } },
      'aws_iam_role_policy May/aws_iam_role_policy': {
        policy: { Statement: [{ NotAction: 'b' }] },
      },
    })
  })

  it('leaves out what a condition leaves out, and what is no template', () => {
    const volume = 'Type: AWS::EC2::Volume'
    const text = `${settings}\nResources:\n  A: { ${volume}, Condition: IsOff }\n  B: { ${volume} }`
    expect(Object.keys(bodiesIn(text))).toEqual(['aws_ebs_volume B'])
    expect(read('Resources: [AWS::').problem).toBe(null)
    expect(read('AWSTemplateFormatVersion: "2010-09-09"\nResources: [AWS::').problem).not.toBe(null)
  })

  it('ends on functions within functions without end', () => {
    const text = `Resources:
  A: &a
    Type: AWS::EC2::Volume
    Properties: { Size: ${'!If [x, '.repeat(80)}1${', 2]'.repeat(80)} }`
    expect(read(text).resources.length).toBeLessThan(2)
  })
})
