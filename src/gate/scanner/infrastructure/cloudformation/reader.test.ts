import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import type { Value } from '../resource.ts'
import { plain } from '../terraform/plain.fixture.ts'
import { cloudFormationReader } from './reader.ts'
import { Work } from './work.ts'

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

/** What one property becomes; a list where that hangs on conditions. */
function encryptedBy(value: string, around = ''): unknown {
  const text = `${around}
Resources:
  Data:
    Type: AWS::EC2::Volume
    Properties:
      Encrypted: ${value}
`
  const { resources, problem } = read(text)
  expect(problem).toBe(null)
  const bodies = resources.map(({ body }) => plain(body) as Record<string, unknown>)
  const [first, ...others] = bodies.map(({ encrypted }) => encrypted)
  return others.length === 0 ? first : [first, ...others]
}

const settings = `
Parameters:
  Switch: { Type: String, Default: "yes", AllowedValues: ["yes"] }
  Env: { Type: String, Default: dev }
  Key: { Type: String, Default: "" }
  Stored: { Type: "AWS::SSM::Parameter::Value<String>", Default: /app/password }
  Hidden: { Type: String, Default: none, NoEcho: true }
  Left: { Type: String, Default: "AWS::NoValue" }
  Stage: { Type: String }
  Hosts: { Type: CommaDelimitedList, Default: "a, b" }
Mappings:
  Sizes: { live: { encrypted: true } }
Conditions:
  IsOn: !Equals [!Ref Switch, "yes"]
  IsOff: !Not [{ Condition: IsOn }]
  IsLive: !Equals [!Ref Stage, live]
  IsProd: !Equals [!Ref Env, prod]
  IsTest: !Not [{ Condition: IsProd }]
  IsBoth: !And [{ Condition: IsProd }, { Condition: IsLive }]
  HasKey: !Not [!Equals [!Sub "\${Key}", ""]]
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
    ['!If [IsLive, true, false]', [true, false]],
    ['!If [Loop, true, false]', [true, false]],
    ['!If [IsProd, true, false]', [true, false]],
    ['!If [IsProd, !If [IsTest, 1, 2], 3]', [2, 3]],
    ['!If [IsProd, !If [IsLive, 1, 2], 3]', [3, 1, 2]],
    ['!If [IsBoth, !If [IsProd, 1, 2], 3]', [1, 3]],
    ['!If [Absent, true, false]', '?'],
    ['!If [HasKey, !Ref Key, true]', ['?', true]],
    ['!If [IsProd, !Ref Env, 1]', ['?', 1]],
    ['!If [IsTest, !Ref Env, 1]', ['dev', 1]],
    ['!Ref Env', 'dev'],
    ['!Ref Stored', '?'],
    ['!Ref Hidden', '?'],
    ['!Ref Left', '?'],
    [`!Sub "\${Stored}"`, '?'],
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

  it('has a resource that hangs on what parameters are given, as where its condition holds', () => {
    const text = `${settings}
Resources:
  Data:
    Type: AWS::EC2::Volume
    Condition: IsBoth
    Properties: { Encrypted: !If [IsTest, true, false], Size: !Ref Env }
`
    expect(bodiesIn(text)).toEqual({ 'aws_ebs_volume Data': { encrypted: false, size: '?' } })
    expect(read(text).resources.length).toBe(1)
  })

  it('has no more cases than can be looked at', () => {
    const names = Array.from({ length: 40 }, (_, index) => `C${index}`)
    const text = `
Conditions:
${names.map((name) => `  ${name}: !Equals [!Ref AWS::Region, ${name}]`).join('\n')}
Resources:
  Data:
    Type: AWS::EC2::Volume
    Properties: { Tags: [${names.map((name) => `!If [${name}, 1, 2]`).join(', ')}] }`
    expect(read(text).resources.length).toBe(14)
  })

  it.each(['AWS::S3::Bucket', 'AWS::ECS::TaskDefinition'])('keeps shared in a %s', (type) => {
    const levels = Array.from({ length: 27 }, (_, index) => {
      const below =
        index === 0
          ? '{ X: 1 }'
          : Array(4)
              .fill(`*l${index - 1}`)
              .join(', ')
      return `  l${index}: &l${index} [${below}]`
    })
    const text = `
Mappings:
${levels.join('\n')}
Resources:
  Data: { Type: "${type}", Properties: { Foo: *l26, ContainerDefinitions: *l26 } }`
    const { resources, problem } = read(text)
    expect(problem).toBe(null)
    const values = new Set<unknown>()
    const collect = (value: Value): void => {
      if (values.has(value)) return
      values.add(value)
      if (value.kind === 'list') value.items.forEach(collect)
      if (value.kind === 'map') for (const entry of value.entries.values()) collect(entry.value)
    }
    for (const { body } of resources) collect(body)
    expect(values.size).toBeLessThan(200)
  })

  it('asks for the time, and is bounded', () => {
    const work = new Work({ expired: () => true })
    const looks = Array.from({ length: 1100 }, () => work.mayLook())
    expect([looks[0], looks.at(-1), work.isSpent]).toEqual([true, false, true])
  })

  it('ends on functions within functions without end', () => {
    const text = `Resources:
  A: &a
    Type: AWS::EC2::Volume
    Properties: { Size: ${'!If [x, '.repeat(80)}1${', 2]'.repeat(80)} }`
    expect(read(text).resources.length).toBeLessThan(2)
  })
})
