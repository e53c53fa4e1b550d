// Terraform that was written to hurt the scanner: it must end soon, say so, and never throw.
import { describe, expect, it } from 'vitest'
import { readFiles } from './plain.fixture.ts'

const many = (count: number, make: (index: number) => string) => {
  return Array.from({ length: count }, (_, index) => make(index)).join('\n')
}
const resource = (value: string) => `resource "x_y" "z" {\n  v = ${value}\n}`

describe('what is nested without end', () => {
  it.each<[what: string, text: string]>([
    ['lists', resource('['.repeat(50_000))],
    ['brackets', resource('('.repeat(50_000))],
    ['blocks', 'a { '.repeat(50_000)],
    ['templates', resource(`"\${`.repeat(50_000))],
    ['signs', resource(`${'-'.repeat(100_000)}1`)],
    ['sums', resource(`${'1+'.repeat(100_000)}1`)],
    ['conditions', resource(`${'a ? b : '.repeat(20_000)}c`)],
    ['attributes', resource(`a${'.b'.repeat(100_000)}`)],
    ['splats', resource(`a${'[*]'.repeat(5000)}`)],
    ['heredocs', 'a = <<E\n'.repeat(50_000)],
    ['things that are no HCL', '<<E\n'.repeat(50_000)],
    [
      'names of names',
      `locals {\n${many(5000, (n) => `l${n} = local.l${n + 1}`)}\n}\n${resource('local.l0')}`,
    ],
    ['resources of resources', many(3000, (n) => `resource "x_y" "r${n}" { v = x_y.r${n + 1}.v }`)],
  ])('%s', (_, text) => {
    expect(readFiles(text).incomplete).not.toBeNull()
  })

  it('JSON', () => {
    const files = { 'a.tf.json': `{"resource":${'{"a":'.repeat(50_000)}` }
    expect(readFiles(files).incomplete).toContain('a.tf.json')
  })
})

describe('what grows without end', () => {
  const doubled = (make: (before: string) => string) => {
    const lines = many(60, (n) => `  l${n + 1} = ${make(`local.l${n}`)}`)
    return `locals {\n  l0 = [1, 2]\n${lines}\n}\n`
  }
  it.each<[what: string, text: string]>([
    ['counts', 'resource "x_y" "z" { count = 1e9 }'],
    ['ranges', resource('range(1e9)')],
    ['products', resource('setproduct(range(1000), range(1000), range(1000))')],
    ['loops in loops', resource(`[for a in range(9999) : [for b in range(9999) : "\${a}\${b}"]]`)],
    [
      'texts',
      `${doubled((l) => `"\${jsonencode(${l})}\${jsonencode(${l})}"`)}${resource('local.l60')}`,
    ],
    ['lists', `${doubled((l) => `concat(${l}, ${l})`)}${resource('local.l60')}`],
    ['many counts', many(50, (n) => `resource "x_y" "r${n}" { count = 1000 }`)],
    [
      'blocks',
      `resource "x_y" "z" {\ndynamic "a" {\nfor_each = range(9999)\ncontent { v = a.value }\n}\n}`,
    ],
  ])('%s', (_, text) => {
    const { resources, incomplete } = readFiles(text)
    expect(incomplete).not.toBeNull()
    expect(resources.length).toBeLessThanOrEqual(40_000)
  })

  it('modules that call modules', () => {
    const call = (n: number) => many(3, (c) => `module "m${c}" { source = "../m${n + 1}" }`)
    const files = Object.fromEntries(
      Array.from({ length: 14 }, (_, n) => [`m${n}/main.tf`, `${call(n)}\nresource "x_y" "z" {}`]),
    )
    const { resources, incomplete } = readFiles(files)
    expect(incomplete).toContain('only 40000')
    expect(resources.length).toBeLessThanOrEqual(40_000)
  })
})

describe('what goes round in circles', () => {
  it.each<[what: string, files: string | Record<string, string>]>([
    ['locals', `locals {\n  a = local.b\n  b = local.a\n}\n${resource('local.a')}`],
    ['resources', 'resource "x_y" "a" { v = x_y.b.v }\nresource "x_y" "b" { v = x_y.a.v }'],
    ['a resource in itself', 'resource "x_y" "z" {\n  count = length(x_y.z)\n  v = x_y.z[0].v\n}'],
    [
      'outputs',
      {
        'main.tf': 'module "a" {\n  source = "./a"\n  v = module.a.o\n}',
        'a/main.tf':
          'variable "v" {}\noutput "o" { value = var.v }\nresource "x_y" "z" { v = var.v }',
      },
    ],
    ['a module in itself', { 'main.tf': `module "me" { source = "./" }\n${resource('1')}` }],
  ])('%s', (_, files) => {
    const { resources, incomplete } = readFiles(files)
    expect(incomplete).toBeNull()
    expect(resources.length).toBeGreaterThan(0)
  })
})

it('names that JavaScript has, too, are only names', () => {
  const text = `
    locals { __proto__ = 1 }
    resource "__proto__" "constructor" {
      __proto__ = { constructor = local.__proto__ }.constructor
      toString  = valueOf("x")
    }`
  const [first] = readFiles(text).resources
  expect(first?.address).toBe('__proto__.constructor')
  expect([...(first?.body.entries.keys() ?? [])]).toEqual(['__proto__', 'toString'])
})

it('never throws for what was cut, repeated and swapped', () => {
  const seed = `
    variable "a" { default = { x = [1, "two"] } }
    locals { b = { for k, v in var.a : k => "\${v[0]}-%{ if v }y%{ endif }" if k != "" } }
    module "m" { source = "./m" }
    resource "x_y" "z" {
      count  = length(var.a.x[*]) + 1
      policy = <<-E
        {"Statement": [{"Action": "\${local.b.x}", "Resource": \${jsonencode(var.a)}}]}
      E
      dynamic "d" {
        for_each = toset(["p", "q"])
        content { v = cidrsubnet("10.0.0.0/8", 8, d.key) }
      }
      n = try(var.a.y, x_y.z[0].id, null) == null ? -1 : format("%s", data.d.e.f)
    }`
  const random = generator(7)
  for (let round = 0; round < 400; round++) {
    let text = seed
    for (let change = random(6); change >= 0; change--) {
      const [from, to, at] = [random(text.length), random(text.length), random(text.length)]
      const piece = text.slice(Math.min(from, to), Math.min(from, to) + random(40))
      const kind = random(3)
      if (kind === 0) text = text.slice(0, at) + text.slice(at + random(30))
      else if (kind === 1) text = text.slice(0, at) + piece + text.slice(at)
      else text = text.slice(0, at) + '{}[]()"$%<-.,:?=\n\\'.charAt(random(18)) + text.slice(at + 1)
    }
    readFiles({ 'main.tf': text, 'm/main.tf': text, 'm/x.tf.json': text })
  }
})

/** The same numbers on every run; each below `bound`. */
function generator(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}
