import { describe, expect, it } from 'vitest'
import { plainIn, readFiles, resourcesIn } from '../plain.fixture.ts'

describe('instances', () => {
  it.each<[how: string, text: string, addresses: string[]]>([
    ['of no count', '', ['x_y.z']],
    ['of a count', 'count = 2', ['x_y.z[0]', 'x_y.z[1]']],
    ['of none', 'count = 0', []],
    ['of a condition', 'count = var.on ? 1 : 0', []],
    ['of an unknown count', 'count = var.unset', ['x_y.z']],
    ['of a set', 'for_each = toset(["a", "b"])', ['x_y.z["a"]', 'x_y.z["b"]']],
    ['of a map', 'for_each = { a = 1 }', ['x_y.z["a"]']],
    ['of an unknown map', 'for_each = var.unset', ['x_y.z']],
  ])('%s', (_, meta, addresses) => {
    const variables = 'variable "unset" {}\nvariable "on" { default = false }\n'
    const text = `${variables}resource "x_y" "z" {\n${meta}\n}`
    expect(Object.keys(plainIn(text))).toEqual(addresses)
  })

  it('know which one they are', () => {
    const text = `
      resource "x_y" "a" {
        count = 2
        v     = count.index
      }
      resource "x_y" "b" {
        for_each = { k = "w" }
        v        = "\${each.key}=\${each.value}"
      }
      resource "x_y" "c" {
        for_each = var.unset
        v        = each.value
        w        = "fixed"
      }`
    expect(plainIn(text)).toEqual({
      'x_y.a[0]': { v: 0 },
      'x_y.a[1]': { v: 1 },
      'x_y.b["k"]': { v: 'k=w' },
      'x_y.c': { v: '?', w: 'fixed' },
    })
  })
})

describe('bodies', () => {
  it('are lists of blocks, without what is null', () => {
    const text = `
      resource "x_y" "z" {
        a = null
        rule { port = 1 }
        rule {
          port = 2
          inner { deep = true }
        }
      }`
    expect(plainIn(text)['x_y.z']).toEqual({
      rule: [{ port: 1 }, { port: 2, inner: [{ deep: true }] }],
    })
  })

  it('have the blocks that dynamic ones stand for', () => {
    const text = `
      variable "rules" { default = [{ port = 22, from = ["a", "b"] }, { port = 80, from = [] }] }
      resource "x_y" "z" {
        dynamic "rule" {
          for_each = var.rules
          iterator = r
          content {
            port = r.value.port
            dynamic "source" {
              for_each = r.value.from
              content { name = "\${r.key}-\${source.value}" }
            }
          }
        }
        dynamic "unknown" {
          for_each = var.unset
          content {
            port = unknown.value.port
            open = true
          }
        }
        dynamic "none" {
          for_each = []
          content {}
        }
      }`
    expect(plainIn(text)['x_y.z']).toEqual({
      rule: [{ port: 22, source: [{ name: '0-a' }, { name: '0-b' }] }, { port: 80 }],
      unknown: [{ port: '?', open: true }],
    })
  })

  it.each([
    ['jsonencode', 'jsonencode({ Statement = [{ Resource = aws_vpc.v.arn, Action = "*" }] })'],
    ['a heredoc', `<<E\n{ "Statement": [{ "Resource": "\${aws_vpc.v.arn}", "Action": "*" }] }\nE`],
    [
      'a template',
      `"{\\"Statement\\":[{\\"Resource\\":\\"\${aws_vpc.v.arn}/x\\",\\"Action\\":\\"*\\"}]}"`,
    ],
    ['a policy document', 'data.aws_iam_policy_document.d.json'],
  ])('hold what a text in JSON holds, from %s', (_, expression) => {
    const text = `
      resource "aws_vpc" "v" {}
      data "aws_iam_policy_document" "d" {
        statement {
          actions   = ["*"]
          resources = [aws_vpc.v.arn]
        }
      }
      resource "x_y" "z" {
        policy = ${expression}
      }`
    const { policy } = plainIn(text)['x_y.z'] as { policy: { Statement: unknown[] } }
    const [statement] = policy.Statement as [{ Action: unknown; Resource: unknown }]
    expect([statement.Action].flat()).toEqual(['*'])
    expect([statement.Resource].flat()).toEqual(['?aws_vpc.v'])
  })

  it('of policy documents have all their parts', () => {
    const text = `
      data "aws_iam_policy_document" "first" {
        statement {
          sid       = "first"
          effect    = "Deny"
          actions   = ["s3:*"]
          resources = ["*"]
        }
      }
      data "aws_iam_policy_document" "all" {
        source_policy_documents = [data.aws_iam_policy_document.first.json]
        statement {
          not_actions = ["iam:*"]
          resources   = ["*"]
          principals {
            type        = "AWS"
            identifiers = ["*"]
          }
          condition {
            test     = "Bool"
            variable = "aws:SecureTransport"
            values   = ["true"]
          }
        }
      }
      resource "x_y" "z" { policy = data.aws_iam_policy_document.all.json }`
    const { policy } = plainIn(text)['x_y.z'] as { policy: { Statement: unknown[] } }
    expect(policy.Statement).toEqual([
      { Effect: 'Deny', Sid: 'first', Action: ['s3:*'], Resource: ['*'] },
      {
        Effect: 'Allow',
        NotAction: ['iam:*'],
        Resource: ['*'],
        Principal: { AWS: ['*'] },
        Condition: { Bool: { 'aws:SecureTransport': ['true'] } },
      },
    ])
  })
})

describe('variables', () => {
  it('take what their type makes of a value', () => {
    const text = `
      variable "n" {
        type    = number
        default = "5"
      }
      variable "b" {
        type    = bool
        default = "true"
      }
      variable "o" {
        type = list(object({
          port = number
          cidr = optional(string, "0.0.0.0/0")
          tags = optional(map(string))
        }))
        default = [{ port = "22", extra = 1 }]
      }
      resource "x_y" "z" {
        n = var.n
        b = var.b
        o = var.o
      }`
    expect(plainIn(text)['x_y.z']).toEqual({
      n: 5,
      b: true,
      o: [{ port: 22, cidr: '0.0.0.0/0', tags: null }],
    })
  })

  it('of a root take values from files that Terraform loads', () => {
    const files = {
      'main.tf':
        'variable "a" { default = 1 }\nvariable "b" {}\n' +
        'resource "x_y" "z" {\n a = var.a\n b = var.b\n}',
      'terraform.tfvars': 'a = 2\nb = 2',
      'more.auto.tfvars.json': '{"b": 3}',
      'other.tfvars': 'a = 9',
    }
    expect(plainIn(files)['x_y.z']).toEqual({ a: 2, b: 3 })
  })
})

describe('modules', () => {
  const child = `
    variable "acl" { default = "private" }
    variable "size" {
      type     = number
      default  = 1
      nullable = false
    }
    resource "x_bucket" "b" {
      acl  = var.acl
      size = var.size
    }
    output "id" { value = x_bucket.b.id }
    output "acl" { value = x_bucket.b.acl }`

  it('get their arguments and give their outputs', () => {
    const main = `
      module "one" {
        source = "./child"
        acl    = "public-read"
        size   = null
      }
      module "many" {
        source   = "./child"
        for_each = { a = "x", b = "y" }
        acl      = each.value
      }
      resource "x_y" "z" {
        one  = module.one.id
        acl  = module.many["b"].acl
        acls = [for m in module.many : m.acl]
      }`
    const found = plainIn({ 'main.tf': main, 'child/main.tf': child })
    expect(found).toMatchObject({
      'x_y.z': { one: '?module.one.x_bucket.b', acl: 'y', acls: ['x', 'y'] },
      'module.one.x_bucket.b': { acl: 'public-read', size: 1 },
      'module.many["a"].x_bucket.b': { acl: 'x', size: 1 },
      'module.many["b"].x_bucket.b': { acl: 'y', size: 1 },
    })
    expect(found).not.toHaveProperty(['x_bucket.b'])
  })

  it('that nobody calls are roots, each with a scope of its own', () => {
    const { resources } = readFiles({ 'a/main.tf': child, 'b/main.tf': child })
    expect(resources.map(({ address, scope }) => `${scope}:${address}`)).toEqual([
      'a:x_bucket.b',
      'b:x_bucket.b',
    ])
  })

  it('that call each other in a circle are read once from the first', () => {
    const call = (name: string) =>
      `module "m" { source = "../${name}" }\nresource "x_y" "${name}" {}`
    const found = plainIn({ 'a/main.tf': call('b'), 'b/main.tf': call('a') })
    expect(Object.keys(found).filter((address) => address.includes('x_y'))).toEqual([
      'x_y.b',
      'module.m.x_y.a',
    ])
  })

  it('are overridden by override files', () => {
    const files = {
      'main.tf': 'resource "x_y" "z" {\n a = 1\n b = 1\n}',
      'z_override.tf': 'resource "x_y" "z" { b = 2 }',
    }
    expect(plainIn(files)['x_y.z']).toEqual({ a: 1, b: 2 })
  })
})

describe('places', () => {
  const placeOf = (files: Record<string, string>, address: string, name: string) => {
    const entry = resourcesIn(files).get(address)?.body.entries.get(name)
    if (entry === undefined || entry.value.kind === 'unknown') return null
    const { place, value } = entry
    const of = ({ source, start, end }: typeof place) =>
      `${source.path}: ${source.text.slice(start, end)}`
    return {
      attribute: of(place),
      value: of(value.place),
      origin: value.origin && of(value.origin),
    }
  }

  it('are those of literals in the attribute itself', () => {
    const files = { 'main.tf': 'resource "x_y" "z" {\n  a = "lit"\n}' }
    expect(placeOf(files, 'x_y.z', 'a')).toEqual({
      attribute: 'main.tf: a = "lit"',
      value: 'main.tf: "lit"',
      origin: undefined,
    })
  })

  it('are the attribute for what comes from elsewhere, which is told, too', () => {
    const files = {
      'main.tf': 'module "m" {\n  source = "./m"\n  acl = "public-read"\n}',
      'm/main.tf': 'variable "acl" {}\nresource "x_y" "z" {\n  acl = var.acl\n}',
    }
    expect(placeOf(files, 'module.m.x_y.z', 'acl')).toEqual({
      attribute: 'm/main.tf: acl = var.acl',
      value: 'm/main.tf: acl = var.acl',
      origin: 'main.tf: "public-read"',
    })
  })
})
