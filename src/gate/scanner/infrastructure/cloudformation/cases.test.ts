import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { parseCheckRules } from '../check/rule.ts'
import { createInfrastructureEngine } from '../engine.ts'

const rule = (id: string, resource: string, check: string) => `
  - id: ${id}
    title: Something is wrong
    description: Something is wrong.
    severity: high
    cwe: CWE-1
    remediation: Mend it.
    resources: [${resource}]
    fails: ${check}`

const openCheck = '{ some: "ingress[*].cidr_blocks[*]", public-cidr: true }'
const text = `platform: terraform
rules:
${rule('terraform-public', 'aws_db_instance', '{ path: publicly_accessible, equals: true }')}
${rule('terraform-logs', 'aws_db_instance', '{ path: logs, absent: true }')}
${rule('terraform-open', 'aws_security_group', openCheck)}
`

function found(template: string): string[] {
  const rules = parseCheckRules([{ path: 'rules.yaml', text }])
  const source = new SourceText('stack.yaml', Buffer.from(template))
  const engine = createInfrastructureEngine({ rules })
  const { weaknesses, incomplete } = engine.scan(source, { expired: () => false })
  expect(incomplete).toBe(null)
  return weaknesses.map(({ rule, start }) => `${source.positionAt(start).line} ${rule.id}`)
}

const conditions = `Parameters: { Env: { Type: String, Default: dev } }
Conditions: { IsProd: !Equals [!Ref Env, prod] }
Resources:
`

describe('cases of a resource', () => {
  it.each<[string, string, string[]]>([
    [
      'made only with another parameter',
      `  A:
    Type: AWS::RDS::DBInstance
    Condition: IsProd
    Properties: { Logs: a, PubliclyAccessible: true }`,
      ['7 terraform-public'],
    ],
    [
      'at fault in one case, and in each: told once',
      `  A:
    Type: AWS::RDS::DBInstance
    Properties: { PubliclyAccessible: !If [IsProd, true, false] }`,
      ['6 terraform-public', '4 terraform-logs'],
    ],
    [
      'open in one case',
      `  A:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - CidrIp: !If [IsProd, 0.0.0.0/0, 10.0.0.0/8]
        - !If [IsProd, !Ref AWS::NoValue, { CidrIp: 0.0.0.0/0 }]`,
      ['8 terraform-open', '9 terraform-open'],
    ],
  ])('%s', (_, resource, wanted) => {
    expect(found(conditions + resource).sort()).toEqual(wanted.sort())
  })
})
