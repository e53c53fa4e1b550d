import { describe, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { SourceText } from '../../source-text.ts'
import type { Value } from '../resource.ts'
import { readDocument, splitDocuments } from './documents.ts'

const patient = { expired: () => false }

function read(text: string) {
  const source = new SourceText('x.yaml', Buffer.from(text))
  return splitDocuments(source.text).map((range) =>
    readDocument(source, source.text, range, patient),
  )
}

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain }

function plain(value: Value | null): Plain {
  if (value === null) return null
  if (value.kind === 'scalar') return value.value
  if (value.kind === 'unknown') return '?'
  if (value.kind === 'list') return value.items.map(plain)
  return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]))
}

function plainOf(text: string): Plain {
  const [document] = read(text)
  expect(document?.problem).toBe(null)
  return plain(document?.value ?? null)
}

describe('readDocument', () => {
  it.each<[text: string, value: Plain]>([
    ['a: 1\nb: [x, "y z", {c: null}]', { a: 1, b: ['x', 'y z', { c: null }] }],
    ['- a\n-  - b\n   - c\n- d: 1\n  e: 2', ['a', ['b', 'c'], { d: 1, e: 2 }]],
    ['a:\n- 1\n- 2\nb:', { a: [1, 2], b: null }],
    ["a: \"x\\n\\u0041\\x42\" # c\nb: 'it''s'", { a: 'x\nAB', b: "it's" }],
    ['a: "x\n  y\n\n  z"', { a: 'x y\nz' }],
    ['a: x\n  y\n\n  z # c\nb: 1', { a: 'x y\nz', b: 1 }],
    ['a: |\n  x\n   y\n\nb: >-\n  x\n  y\n', { a: 'x\n y\n', b: 'x y' }],
    ['a: |2\n   x\n', { a: ' x\n' }],
    ['a: http://x:80/#y #z', { a: 'http://x:80/#y' }],
    ['? a\n: 1\n? b\n: 2', { a: 1, b: 2 }],
    ['"a b": 1\n\'c\' : 2\n d: 3'.replace('\n d', '\nd'), { 'a b': 1, c: 2, d: 3 }],
    [
      'a: yes\nb: off\nc: 0644\nd: 0x1f\ne: 1.5e3\nf: ~',
      { a: true, b: false, c: 420, d: 31, e: 1500, f: null },
    ],
    ['a: "yes"\nb: !!str 5\nc: !Ref x\nd: !!map {e: 1}', { a: 'yes', b: '5', c: '?', d: { e: 1 } }],
    ['a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}', { a: { b: 1 }, c: { b: 1 }, d: { b: 1, e: 2 } }],
    ['a: &x\n  b: 1\nc:\n  <<: [*x, {b: 2, f: 3}]', { a: { b: 1 }, c: { b: 1, f: 3 } }],
    ['a: *missing', { a: '?' }],
    ['{"a":1,"b":[true,{"c":"\\/"}],}', { a: 1, b: [true, { c: '/' }] }],
    ['{\n\t"a": "b"\n}', { a: 'b' }],
    ['[a: 1, b, "c": 2]', [{ a: 1 }, 'b', { c: 2 }]],
    ['- &a x\n- &b\n  c: 1\n- *b', ['x', { c: 1 }, { c: 1 }]],
    ['-\n  a: 1\n-\n- - b', [{ a: 1 }, null, ['b']]],
    ['a:\n  # c\n  b: 1\n # d\nc: 2', { a: { b: 1 }, c: 2 }],
    ['a: 1\r\nb:\r\n  - c\r\n', { a: 1, b: ['c'] }],
    ['a: 1\na: 2', { a: 2 }],
    ['on: x', { on: 'x' }],
  ])('reads %j', (text, value) => {
    expect(plainOf(text)).toEqual(value)
  })

  it('reads several documents', () => {
    const text = '%YAML 1.2\n---\na: 1\n--- # c\nb: |\n  ---\n...\n---\n'
    expect(read(text).flatMap(({ value }) => (value === null ? [] : [plain(value)]))).toEqual([
      '%YAML 1.2',
      { a: 1 },
      { b: '---\n' },
    ])
  })

  it.each([
    ['a: [1, 2', 'line 1'],
    ['a: "x', 'a quoted text does not end'],
    ['a: 1\n  b: 2', 'it is indented further than the mapping'],
    ['- a\n  - b: 1\n c', 'it is indented further than the list'],
    ['[a]\nb', 'belongs to nothing'],
    ['a: b: c', 'line 1'],
    ['a:\n  b\nc', 'line 3: a key has no colon'],
    ['['.repeat(1000), 'nested too deep'],
    ['- '.repeat(1000), 'nested too deep'],
  ])('says why it cannot read %j', (text, problem) => {
    expect(read(text)[0]?.problem).toContain(problem)
  })

  it('knows where everything stands', () => {
    const text = 'a:\n  - b: x y\n    "c": [1,\n      2]\nd: {e: f}\n'
    const [document] = read(text)
    const at = ({ start, end }: { start: number; end: number }) => text.slice(start, end)
    const places: string[] = []
    const visit = (value: Value) => {
      places.push(at(value.place))
      if (value.kind === 'list') value.items.forEach(visit)
      if (value.kind !== 'map') return
      for (const entry of value.entries.values()) {
        places.push(at(entry.place))
        visit(entry.value)
      }
    }
    visit(document?.value as Value)
    expect(places).toEqual([
      text.trimEnd(),
      'a:\n  - b: x y\n    "c": [1,\n      2]',
      '- b: x y\n    "c": [1,\n      2]',
      'b: x y\n    "c": [1,\n      2]',
      'b: x y',
      'x y',
      '"c": [1,\n      2]',
      '[1,\n      2]',
      '1',
      '2',
      'd: {e: f}',
      '{e: f}',
      'e: f',
      'f',
    ])
  })

  it('shares what aliases stand for, however often', () => {
    const lines = ['a0: &a0 [x]']
    for (let level = 1; level < 60; level++) {
      lines.push(`a${level}: &a${level} [${`*a${level - 1},`.repeat(9)}]`)
    }
    const [document] = read(lines.join('\n'))
    expect(document?.problem).toBe(null)
  })

  it('gives up a document that means too much', () => {
    const lines = ['m0: &m0 {a: 1}']
    for (let level = 1; level < 2000; level++) {
      lines.push(`m${level}: &m${level} {<<: *m${level - 1}, k${level}: 1}`)
    }
    expect(read(lines.join('\n'))[0]?.problem).toContain('too many values')
  })

  it('stops when time runs out', () => {
    const source = new SourceText('x.yaml', Buffer.from('- a\n'.repeat(5000)))
    const [range = { start: 0, end: 0 }] = splitDocuments(source.text)
    const { problem } = readDocument(source, source.text, range, { expired: () => true })
    expect(problem).toContain('time ran out')
  })
})

/** Numbers that look random and are the same in each run. */
function dice(seed: number) {
  let state = seed
  return (sides: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >> 8) % sides
  }
}

const texts = [
  'a',
  'b c',
  'x: y',
  '# z',
  '',
  'true',
  '12',
  "it's",
  '"q"',
  'l1\nl2\n',
  ' lead',
  'tail ',
  '- d',
  '{e}',
  '*f',
  'é',
  'http://x:1/?a=b#c',
  'x'.repeat(90),
]

function randomValue(roll: (sides: number) => number, depth: number): Plain {
  const kind = roll(depth > 4 ? 4 : 7)
  if (kind < 3) return texts[roll(texts.length)] ?? ''
  if (kind === 3) return [null, true, false, 0, -7, 1.25][roll(6)] ?? null
  const size = roll(4)
  if (kind === 4) return Array.from({ length: size }, () => randomValue(roll, depth + 1))
  const entries = Array.from({ length: size }, (_, index) => [
    `${texts[roll(8)]}${index}`,
    randomValue(roll, depth + 1),
  ])
  return Object.fromEntries(entries)
}

describe('in comparison with the yaml library', () => {
  it('reads the same in whatever style it was written', () => {
    const roll = dice(7)
    for (let round = 0; round < 300; round++) {
      const value = randomValue(roll, 0)
      const text = stringify(value, {
        indent: 1 + roll(4),
        indentSeq: roll(2) === 0,
        lineWidth: roll(2) === 0 ? 20 : 80,
        collectionStyle: roll(4) === 0 ? 'flow' : 'any',
        defaultStringType: (['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'] as const)[roll(3)] ?? 'PLAIN',
      })
      expect(folded(plainOf(text)), text).toEqual(folded(value))
    }
  })

  it('agrees on damaged texts: on what they mean, or that they mean nothing', () => {
    const roll = dice(5)
    const signs = [...`:-#"'[]{},|>@ \n\tabc`]
    for (let round = 0; round < 400; round++) {
      const units = [...stringify(randomValue(roll, 0))]
      for (let count = 1 + roll(2); count > 0; count--) {
        units.splice(roll(units.length + 1), roll(3), signs[roll(signs.length)] ?? '')
      }
      const text = units.join('')
      // Collections as keys are not read here, and the library refuses aliases of nothing.
      if (/^[[{'"].*:\s*$|null:|\*/.test(text)) continue
      const ours = read(text)
      const theirs = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false })
      if (!Array.isArray(theirs) || theirs.some(({ errors }) => errors.length > 0)) continue
      const values = theirs.flatMap((document) => document.toJS() ?? [])
      const own = ours.flatMap(({ value }) => (value === null ? [] : (plain(value) ?? [])))
      expect(own.map(folded), text).toEqual(values.map(folded))
    }
  })
})

/** Folded texts keep their line ends in ways that make no difference to checks. */
function folded(value: Plain): Plain {
  if (typeof value === 'string') return value.replace(/\s+/g, ' ').trim()
  if (Array.isArray(value)) return value.map(folded)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, folded(item)]))
}
