import { expect, it } from 'vitest'
import { parsePlainYaml } from './plain-yaml.ts'
import { parseYaml } from './yaml.ts'
import type { YamlValue } from './yaml-value.ts'

/** With each key's place written out, so that a wrong one shows. */
function plain(value: YamlValue, text: string): unknown {
  if (value instanceof Map) {
    return Object.fromEntries(
      [...value].map(([key, entry]) => [
        key === text.slice(entry.start, entry.end) ? key : `${key} (written otherwise)`,
        plain(entry.value, text),
      ]),
    )
  }
  return Array.isArray(value) ? value.map((item) => plain(item, text)) : value
}

const read = (text: string) => parseYaml(text).map((document) => plain(document, text))

const simple: [string, unknown[]][] = [
  ['a: 1.10\nb: "x # y"  # comment\n', [{ a: '1.10', b: 'x # y' }]],
  ["'@a/b@1': {c: [d, 'e f'], g: '>=8'}\n", [{ '@a/b@1': { c: ['d', 'e f'], g: '>=8' } }]],
  [
    'a:\n  - b: 1\n    c: 2\n  - d\n  -\n    e: f\n',
    [{ a: [{ b: '1', c: '2' }, 'd', { e: 'f' }] }],
  ],
  ['a:\n- b\n- c\nd: ~\n', [{ a: ['b', 'c'], d: '' }]],
  [
    '? "a@1, b@2"\n: c: 1\n  d: 2\n? e\n:\n  f: g\n',
    [{ 'a@1, b@2': { c: '1', d: '2' }, e: { f: 'g' } }],
  ],
  ['a: |-\n  text: no key\n  # no comment\nb: >\n\n  more\nc: d\n', [{ a: '', b: '', c: 'd' }]],
  ['---\na: 1\n---\nb: 2\n...\n', [{ a: '1' }, { b: '2' }]],
  ['# only a comment\n', []],
  ['a: http://example.test/x#y\nb: c:d\n', [{ a: 'http://example.test/x#y', b: 'c:d' }]],
  [
    '"a\\"b": "\\u0041"\n\'it\'\'s\': {}\n',
    [{ 'a"b (written otherwise)': 'A', "it's (written otherwise)": {} }],
  ],
]

it.each(simple)('reads %j without the general parser', (text, expected) => {
  expect(parsePlainYaml(text).map((document) => plain(document, text))).toEqual(expected)
})

it.each([
  ['a: b\n  c\n', [{ a: 'b c' }]],
  ['a: {b: 1,\n  c: 2}\n', [{ a: { b: '1', c: '2' } }]],
  ['a: "b\n  c"\n', [{ a: 'b c' }]],
  ['a: !!str 1\n', [{ a: '1' }]],
  ['{a: 1}: 2\nb: 3\n', [{ b: '3' }]],
])('leaves %j to the general parser', (text, expected) => {
  expect(() => parsePlainYaml(text)).toThrow()
  expect(read(text)).toEqual(expected)
})

it('expands no aliases', () => {
  const bomb = ['a: &a [x, x]', 'b: &b [*a, *a]', 'c: [*b, *b]'].join('\n')
  expect(read(bomb)).toEqual([{ a: ['x', 'x'], b: ['', ''], c: ['', ''] }])
})

it.each(['a: [', '\tb: c', `${'['.repeat(10_000)}`, `${'a: &a\n'.repeat(200_000)}`])(
  'gives up on what is no YAML, or too much of it (%#)',
  (text) => {
    expect(() => parseYaml(text)).toThrow(/YAML/)
  },
)
