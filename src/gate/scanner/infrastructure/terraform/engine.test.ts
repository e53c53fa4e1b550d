import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { parseCheckRules } from '../check/rule.ts'
import { createTerraformEngine } from './engine.ts'

const rules = parseCheckRules([
  {
    path: 'x.yaml',
    text: `
platform: terraform
remediation: Mend it.
rules:
  - id: open
    title: Open
    severity: high
    description: It is open.
    resources: [x_y]
    fails: { path: acl, equals: public }
  - id: lonely
    title: Lonely
    severity: low
    description: Nobody refers to it.
    resources: [x_y]
    requires: { related: [x_friend], via: of }
  - id: all
    title: All
    severity: high
    description: It allows all.
    resources: [aws_iam_policy, data.aws_iam_policy_document]
    fails: { some: 'policy.Statement[*].Action[*]', equals: '*' }
`,
  },
  {
    path: 'y.yaml',
    text: `
platform: kubernetes
remediation: Mend it.
rules:
  - id: host
    title: Host
    severity: high
    description: It shares the host.
    resources: [PodSpec]
    fails: { path: hostPID, equals: true }
`,
  },
])
const engine = createTerraformEngine({ rules })

function scan(files: Record<string, string>) {
  const sources = Object.entries(files).map(([path, text]) => {
    return new SourceText(path, Buffer.from(text))
  })
  const { weaknesses, incomplete } = engine.scan(
    { kind: 'terraform', files: sources },
    { expired: () => false },
  )
  const found = weaknesses.map(({ rule, source, start, steps }) => {
    const lines = [...steps.slice(0, -1), { source, start }].map((step) => {
      return `${step.source.path}:${step.source.positionAt(step.start).line}`
    })
    return `${rule.id} ${lines.join(' -> ')}`
  })
  return { found, incomplete }
}

describe('the engine', () => {
  it.each([
    ['main.tf', true],
    ['main.tofu', true],
    ['a/b.tf.json', true],
    ['prod.auto.tfvars', true],
    ['terraform.tfvars.json', true],
    ['main.tftest.hcl', false],
    ['terraform.tfstate', false],
    ['notes.tf.md', false],
  ])('wants %s: %s', (path, wanted) => {
    expect(engine.wants(path)).toBe(wanted)
  })

  it.each<[path: string, text: string, links: string[]]>([
    ['main.tf', 'module "a" { source = "./modules/a" }', ['modules/a']],
    ['live/eu/main.tf', 'module "a" {\n  source  =   "../../modules/a/"\n}', ['modules/a']],
    ['main.tf', 'module "a" { source = "../outside" }', []],
    ['main.tf', 'module "a" { source = "hashicorp/consul/aws" }', []],
    ['x/a.tf.json', '{"module": {"a": {"source": "./b"}}}', ['x/b']],
    ['x/main.tf', 'module "a" { source = "../" }', ['']],
  ])('links %s', (path, text, links) => {
    const source = new SourceText(path, Buffer.from(text))
    expect(engine.membership(source)).toEqual({ kind: 'terraform', links })
  })

  it('says once what several instances have in common', () => {
    const { found } = scan({
      'main.tf': 'resource "x_y" "z" {\n  count = 3\n  acl   = "public"\n}',
    })
    expect(found).toEqual(['lonely main.tf:1', 'open main.tf:3'])
  })

  it('says where a value comes from', () => {
    const { found } = scan({
      'main.tf': 'module "m" {\n  source = "./m"\n  acl    = "public"\n}',
      'm/main.tf': 'variable "acl" {}\nresource "x_y" "z" { acl = var.acl }',
    })
    expect(found).toContain('open main.tf:3 -> m/main.tf:2')
  })

  it.each<[how: string, friend: string, isLonely: boolean]>([
    ['refers to it', 'of = x_y.z.id', false],
    ['refers to it through a local', 'of = local.id', false],
    ['refers to another', 'of = x_y.other.id', true],
    ['may refer to it', 'of = var.unset', false],
  ])('knows a resource that %s', (_, friend, isLonely) => {
    const text = `
      variable "unset" {}
      locals { id = "\${x_y.z.id}/x" }
      resource "x_y" "z" {}
      resource "x_y" "other" {}
      resource "x_friend" "f" { ${friend} }`
    expect(scan({ 'main.tf': text }).found.includes('lonely main.tf:4')).toBe(isLonely)
  })

  const document = (name: string, more: string) =>
    `data "aws_iam_policy_document" "${name}" {\n  ${more}\n}\n`
  const statement = 'statement {\n    actions = ["*"]\n  }'

  it.each<[where: string, more: string, found: string[]]>([
    ['in a document that nobody uses', '', ['all main.tf:3']],
    [
      'where a document is used',
      'resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.a.json }',
      ['all main.tf:3 -> main.tf:6'],
    ],
    [
      'where a document is used by way of another',
      `${document('b', 'source_policy_documents = [data.aws_iam_policy_document.a.json]')}
      resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.b.json }`,
      ['all main.tf:3 -> main.tf:10'],
    ],
  ])('tells what is wrong %s', (_, more, found) => {
    expect(scan({ 'main.tf': `${document('a', statement)}${more}` }).found).toEqual(found)
  })

  it('checks what is deployed to Kubernetes', () => {
    const text = 'resource "kubernetes_pod" "p" {\n  spec {\n    host_pid = true\n  }\n}'
    expect(scan({ 'main.tf': text }).found).toEqual(['host main.tf:3'])
  })

  it('keeps modules apart that do not know each other', () => {
    const { found } = scan({
      'a/main.tf': 'resource "x_y" "z" {}',
      'b/main.tf': 'resource "x_y" "z" {}\nresource "x_friend" "f" { of = x_y.z.id }',
    })
    expect(found).toEqual(['lonely a/main.tf:1'])
  })

  it('says what it could not read, and reads the rest', () => {
    const { found, incomplete } = scan({
      'bad.tf': 'resource "x_y" {{',
      'main.tf': 'resource "x_y" "z" { acl = "public" }',
    })
    expect(found).toContain('open main.tf:1')
    expect(incomplete).toContain('bad.tf')
  })
})
