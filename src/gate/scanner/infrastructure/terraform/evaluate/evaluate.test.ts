import { describe, expect, it } from 'vitest'
import { valueOfExpression } from '../plain.fixture.ts'

const around = `
variable "unset" {}
variable "list" { default = ["a", "b", "c"] }
variable "map" { default = { one = 1, two = 2 } }
locals {
  objects = [{ name = "x", ports = [80] }, { name = "y", ports = [22, 443] }]
  text    = "plain"
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  name       = var.unset
}
resource "aws_subnet" "all" {
  for_each = var.map
  tag      = each.value
}
resource "aws_eip" "many" {
  count = 2
  tag   = "eip-\${count.index}"
}
resource "aws_eip" "some" {
  count = var.unset
  tag   = "some"
}
`

describe('expressions', () => {
  it.each<[expression: string, value: unknown]>([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['-(2 + 3) % 4', -1],
    ['1 < 2 && !(3 >= 4) || false', true],
    ['"1" == 1', false],
    ['[1, [2]] == [1, [2]]', true],
    ['true ? "a" : "b"', 'a'],
    ['false ? "a" : true ? "b" : "c"', 'b'],
    ['var.unset ? "a" : "a"', 'a'],
    ['var.unset ? "a" : "b"', '?'],
    ['var.unset && false', false],
    ['true || var.unset', true],
    ['var.unset == 1', '?'],
    ['{ a = 1, "b" : 2, (local.text) = 3, 4 = 5 }', { a: 1, b: 2, plain: 3, 4: 5 }],
    ['{ (var.unset) = 1, a = 2 }', { a: 2, '…': true }],
    ['local.objects[1].ports[0]', 22],
    ['local.objects.1.name', 'y'],
    ['local.objects[*].name', ['x', 'y']],
    ['local.objects.*.ports[1]', [22, 443]],
    ['local.objects[*].ports[0]', [80, 22]],
    ['flatten(local.objects[*].ports[*])', [80, 22, 443]],
    ['local.text[*]', ['plain']],
    ['[for v in var.list : upper(v) if v != "b"]', ['A', 'C']],
    [`[for i, v in var.list : "\${i}\${v}"]`, ['0a', '1b', '2c']],
    ['{ for k, v in var.map : v => k }', { 1: 'one', 2: 'two' }],
    [
      '{ for o in local.objects : length(o.ports) > 1 => o.name... }',
      { false: ['x'], true: ['y'] },
    ],
    ['[for v in var.unset : v]', '?'],
    ['[for v in var.list : v if var.unset == v]', '?'],
    [`"a-\${local.text}-\${1 + 1}"`, 'a-plain-2'],
    [`"$\${local.text} %%{ if }"`, `\${local.text} %{ if }`],
    ['"%{ if true }yes%{ else }no%{ endif }"', 'yes'],
    [`"%{ for v in var.list ~} \${v}, %{~ endfor }"`, 'a,b,c,'],
    [`"\${var.map}"`, { one: 1, two: 2 }],
    [`"is \${var.map}"`, '?'],
    ['"\\u00e9\\t\\"\\\\"', 'é\t"\\'],
    [`<<EOT\n  two\n one \${local.text}\nEOT`, '  two\n one plain\n'],
    ['<<-EOT\n    two\n      four\n  EOT', 'two\n  four\n'],
    ['1e3', 1000],
    ['(\n1 +\n2\n)', 3],
  ])('%s', (expression, value) => {
    expect(valueOfExpression(expression, around)).toEqual(value)
  })

  it.each<[expression: string, value: unknown]>([
    ['aws_vpc.main.cidr_block', '10.0.0.0/16'],
    ['aws_vpc.main.id', '?aws_vpc.main'],
    ['aws_vpc.main.name', '?aws_vpc.main'],
    [`"\${aws_vpc.main.arn}/*"`, '?aws_vpc.main'],
    ['[aws_vpc.main.id, var.unset]', ['?aws_vpc.main', '?']],
    ['aws_vpc.main', '?aws_vpc.main'],
    ['aws_subnet.all["two"].tag', 2],
    ['aws_subnet.all["two"].id', '?aws_subnet.all["two"]'],
    ['aws_subnet.all["three"].id', '?aws_subnet.all'],
    ['[for s in aws_subnet.all : s.id]', ['?aws_subnet.all["one"]', '?aws_subnet.all["two"]']],
    ['values(aws_subnet.all)[*].tag', [1, 2]],
    ['aws_eip.many[1].tag', 'eip-1'],
    ['aws_eip.many[*].id', ['?aws_eip.many[0]', '?aws_eip.many[1]']],
    ['length(aws_eip.many)', 2],
    ['aws_eip.some[0].tag', 'some'],
    ['aws_eip.some[0].id', '?aws_eip.some'],
    ['length(aws_eip.some)', '?aws_eip.some'],
    ['aws_other.thing.id', '?aws_other.thing'],
    ['data.aws_ami.base.id', '?data.aws_ami.base'],
    ['module.remote.id', '?module.remote'],
    ['terraform.workspace == "live"', '?'],
    ['path.module', '?'],
  ])('refer: %s', (expression, value) => {
    expect(valueOfExpression(expression, around)).toEqual(value)
  })

  it('know which way a fault goes', () => {
    expect(valueOfExpression('try(local.objects[5].name, "none")', around)).toBe('none')
    expect(valueOfExpression('try(local.objects[0].nothing, null, 3)', around)).toBeUndefined()
    expect(valueOfExpression('try(var.unset.name, "none")', around)).toBe('?')
    expect(valueOfExpression('can(local.text.nothing)', around)).toBe(false)
    expect(valueOfExpression('can(local.text)', around)).toBe(true)
  })
})
