import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import type { Value } from '../resource.ts'
import { templated } from './cursor.ts'
import { readDocument, splitDocuments } from './documents.ts'
import { certain, coverTemplates } from './templates.ts'

/** What is covered shows as `?` where something is written, as `_` where nothing is. */
function covered(text: string): string {
  const { text: result } = coverTemplates(text)
  expect(result.length).toBe(text.length)
  return result.replaceAll(templated, '?')
}

describe('coverTemplates', () => {
  it.each([
    ['a: {{ .x }}\n', 'a: ????????\n'],
    ['a: "b-{{ .x }}"\n', 'a: "b-????????"\n'],
    ['{{- if .x }}\na: 1\n{{ end -}}\n', `${' '.repeat(12)}\na: 1\n${' '.repeat(10)}\n`],
    ['  {{ if .x }}{{ include "y" . }}{{ end }}\n', `${' '.repeat(41)}\n`],
    ['a: {{/* no\nvalue */}}b\n', `a: ${' '.repeat(7)}\n${' '.repeat(10)}b\n`],
    ['a: {{ .x\n', 'a: {{ .x\n'],
  ])('covers %j', (text, result) => {
    expect(covered(text)).toBe(result)
  })

  it('knows what is guarded, and where more may be written', () => {
    const text =
      '{{ if .a }}\n{{ range .b }}\nc: 1\n{{ end }}\n{{ end }}\n{{ $d := 1 }}\n{{ .e }}\n'
    const { guarded, added } = coverTemplates(text)
    expect(guarded.map(({ start, end }) => text.slice(start, end).replaceAll('\n', ' '))).toEqual([
      '{{ range .b }} c: 1 {{ end }}',
      '{{ if .a }} {{ range .b }} c: 1 {{ end }} {{ end }}',
    ])
    expect(added.map((at) => text.slice(at))).toEqual(['{{ .e }}\n'])
  })
})

function certainOf(text: string): Value {
  const source = new SourceText('x.yaml', Buffer.from(text))
  const covered = coverTemplates(source.text)
  const [range = { start: 0, end: 0 }] = splitDocuments(covered.text)
  const { value } = readDocument(source, covered.text, range, { expired: () => false })
  return certain(value as Value, covered, -1)
}

/** With `…` where more may stand, and `?` for what is not known. */
function told(value: Value): string {
  if (value.kind === 'scalar') return String(value.value)
  if (value.kind === 'unknown') return '?'
  if (value.kind === 'list') return `[${value.items.map(told).join(' ')}]`
  const entries = [...value.entries].map(([key, entry]) => `${key}:${told(entry.value)}`)
  return `{${[...entries, ...(value.open ? ['…'] : [])].join(' ')}}`
}

describe('certain', () => {
  it.each([
    ['a: 1\nb: {{ .c }}\n', '{a:1 b:?}'],
    ['a:\n  {{ .b }}\nc:\n  d: 1\n', '{a:? c:{d:1} …}'],
    ['a:\n  - 1\n  {{ .b }}\nc: [2]\n', '{a:[1 ?] c:[2] …}'],
    ['a:\n  {{ .b }}\n  c: 1\nd: {e: 2}\n', '{a:{c:1 …} d:{e:2} …}'],
    ['a:\n  - b: 1\n    {{ .c }}\n  - d: 2\n', '{a:[{b:1 …} {d:2} ?] …}'],
    ['a:\n  {{ if .b }}\n  c: 1\n  {{ end }}\n  d: 2\n', '{a:{c:? d:2}}'],
    ['a: 1\n{{ if .b }}\na: 2\n{{ end }}\n', '{a:?}'],
    ['{{ if .b }}\na: 1\n{{ end }}\nc: 2\n', '{a:? c:2}'],
    ['a: 1\n{{ $x }}: 2\n', '{a:1 …}'],
  ])('%j', (text, result) => {
    expect(told(certainOf(text))).toBe(result)
  })
})
