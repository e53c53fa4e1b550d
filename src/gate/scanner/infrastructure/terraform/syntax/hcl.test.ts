import { describe, expect, it } from 'vitest'
import { SourceText } from '../../../source-text.ts'
import { parseHcl } from './hcl.ts'
import { parseTerraformJson } from './json.ts'
import type { Body, Expression, ObjectItem, TemplateParts } from './tree.ts'

const parse = (text: string) => parseHcl(new SourceText('main.tf', Buffer.from(text)))
const parseJson = (text: string, path = 'main.tf.json') => {
  return parseTerraformJson(new SourceText(path, Buffer.from(text)))
}

/** An expression as the language's designers might write it in Lisp. */
function show(expression: Expression): string {
  const of = (...parts: (string | Expression)[]) => {
    return `(${parts.map((part) => (typeof part === 'string' ? part : show(part))).join(' ')})`
  }
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value)
    case 'template':
      return `"${showParts(expression.parts)}"`
    case 'list':
      return `[${expression.items.map(show).join(' ')}]`
    case 'object':
      return `{${expression.items.map(showItem).join(' ')}}`
    case 'variable':
      return expression.name
    case 'attribute':
      return `${show(expression.of)}.${expression.name}`
    case 'index':
      return `${show(expression.of)}[${show(expression.key)}]`
    case 'splat':
      return of('each', expression.of, expression.each)
    case 'call':
      return of(expression.name, ...expression.args, ...(expression.expand ? ['...'] : []))
    case 'unary':
      return of(expression.operator, expression.operand)
    case 'binary':
      return of(expression.operator, expression.left, expression.right)
    case 'conditional':
      return of('if', expression.condition, expression.whenTrue, expression.whenFalse)
    case 'for': {
      const { keyName, valueName, collection, key, value, condition, group } = expression
      const result = key === null ? show(value) : `${show(key)}=>${show(value)}`
      const only = condition === null ? '' : ` if ${show(condition)}`
      const names = [keyName, valueName].filter((name) => name !== null).join(',')
      return `(for ${names} in ${show(collection)} ${result}${group ? '...' : ''}${only})`
    }
    case 'invalid':
      return '?'
  }
}

const showItem = ({ key, value }: ObjectItem) => `${show(key)}: ${show(value)}`

function showParts(parts: TemplateParts): string {
  const shown = parts.map((part) => {
    if (part.kind === 'text') return part.text
    if (part.kind === 'value') return `<${show(part.value)}>`
    if (part.kind === 'for') return `<for ${part.valueName}: ${showParts(part.parts)}>`
    return `<if ${show(part.condition)}: ${showParts(part.whenTrue)}|${showParts(part.whenFalse)}>`
  })
  return shown.join('')
}

function showBody({ attributes, blocks }: Body): string {
  const inner = [
    ...attributes.map(({ name, expression }) => `${name}=${show(expression)}`),
    ...blocks.map(({ type, labels, body }) => `${[type, ...labels].join(' ')} {${showBody(body)}}`),
  ]
  return inner.join('; ')
}

describe('HCL', () => {
  it.each<[text: string, shown: string]>([
    ['1 + 2 * -3 == a || !b && c', '(|| (== (+ 1 (* 2 (- 3))) a) (&& (! b) c))'],
    ['a ? b : c ? d : e', '(if a b (if c d e))'],
    ['a <= b', '(<= a b)'],
    ['a.b["c"].d[0].1', 'a.b["c"].d[0][1]'],
    ['a[*].b[0].c', '(each a *.b[0].c)'],
    ['a.*.b[0]', '(each a *.b)[0]'],
    ['f(a, b...)', '(f a b ...)'],
    ['p::q::f()', '(p::q::f)'],
    ['[\n1, # one\n2, // two\n/* three */ 3,\n]', '[1 2 3]'],
    ['{\na = 1\n"b" : 2, (c) = 3\nd = {}\n}', '{"a": 1 "b": 2 c: 3 "d": {}}'],
    [`[for k, v in x : "\${k}" if v]`, '(for k,v in x "<k>" if v)'],
    ['{\nfor v in x :\nv => 1...\n}', '(for v in x v=>1...)'],
    [`"a\${b}c$\${d}%%{e}"`, `"a<b>c\${d}%{e}"`],
    [`"\${a ? "x" : "\${b}"}"`, '"<(if a "x" "<b>")>"'],
    ['"%{ if a ~} x %{~ else }y%{ endif }"', '"<if a: x|y>"'],
    [`"%{ for a in b }\${a},%{ endfor }"`, '"<for a: <a>,>"'],
    [`<<E\n  \${a}\nb\nE`, '"  <a>\nb\n"'],
    [`<<-E\n    \${a}\n      b\n    E`, '"<a>\n  b\n"'],
    ['<<E\nE', '""'],
    ['1.5e-3', '0.0015'],
    ['null', 'null'],
    ['foo-bar.baz_2', 'foo-bar.baz_2'],
  ])('%s', (text, shown) => {
    const { body, fault } = parse(`v = ${text}\nlast = true\n`)
    expect(fault).toBeNull()
    expect(showBody(body)).toBe(`v=${shown}; last=true`)
  })

  it('has blocks in blocks', () => {
    const { body, fault } = parse('a "b" c {\n x = 1\n d { y = 2 }\n}\nlocals {}\r\nz = 3')
    expect(fault).toBeNull()
    expect(showBody(body)).toBe('z=3; a b c {x=1; d {y=2}}; locals {}')
  })

  it('knows where everything stands, also behind wide letters', () => {
    const text = 'resource "a" "😀" {\n  x = foo("é").y\n}'
    const [block] = parse(text).body.blocks
    const [attribute] = block?.body.attributes ?? []
    const at = ({ start, end }: { start: number; end: number }) => text.slice(start, end)
    expect(block && at(block.place)).toBe('resource "a" "😀" {')
    expect(attribute && at(attribute.place)).toBe('x = foo("é").y')
    expect(attribute && at(attribute.expression.place)).toBe('foo("é").y')
  })

  it.each<[fault: string, text: string, shown: string, line: number]>([
    [
      'a list is open',
      'a {\n x = [1, 2\n y = 3\n}\nresource b c {\n z = 4\n}',
      'resource b c {z=4}',
      3,
    ],
    ['a text is open', 'a {\n x = "1\n y = 3\n}', 'a {y=3}', 2],
    [
      'a block is open',
      'resource a b {\n x = 1\nresource c d {\n y = 2\n}',
      'resource c d {y=2}',
      1,
    ],
    ['a heredoc is open', 'x = 1\ny = <<E\n z = 2', 'x=1', 2],
    ['there are words', 'x = 1\nthis is no HCL\ny = 2', 'x=1; y=2', 2],
    ['a brace is too many', 'x = 1\n}\ny = 2', 'x=1; y=2', 2],
  ])('reads on where %s', (_, text, shown, line) => {
    const { body, fault } = parse(text)
    expect(fault).toContain(`line ${line} `)
    expect(showBody(body)).toContain(shown)
  })
})

describe('the JSON form', () => {
  it('has the same blocks', () => {
    const { body, fault } = parseJson(`{
      "//": "a comment",
      "variable": { "a": { "default": [1, true, null, "x\\n"] } },
      "locals": [{ "b": "\${var.a[0]}-\${1 + 1}" }],
      "resource": {
        "x_y": {
          "z": {
            "acl": "%{ if local.b }a%{ endif }",
            "dynamic": { "r": { "for_each": [1], "content": { "c": 2 } } }
          },
          "many": [{ "count": 1 }, { "count": 2 }]
        }
      }
    }`)
    expect(fault).toBeNull()
    expect(showBody(body)).toBe(
      [
        'variable a {default=[1 true null "x\\n"]}',
        'locals {b="<var.a[0]>-<(+ 1 1)>"}',
        'resource x_y z {acl="<if local.b: a|>"; dynamic r {for_each=[1]; content {c=2}}}',
        'resource x_y many {count=1}',
        'resource x_y many {count=2}',
      ].join('; '),
    )
  })

  it('gives values of variables', () => {
    const { body } = parseJson('{"a": {"b": [1]}}', 'terraform.tfvars.json')
    expect(showBody(body)).toBe('a={"b": [1]}')
  })

  it.each([
    '{"locals": {"a": 1, "b": [}',
    '{"locals": {"a": 1',
    '{"locals": {"a": 1 "b": 2}}',
    '{"locals": {"a": 1}} x',
  ])('keeps what stands before a fault: %s', (text) => {
    const { body, fault } = parseJson(text)
    expect(fault).toContain('line 1')
    expect(showBody(body)).toContain('locals {a=1')
  })
})
