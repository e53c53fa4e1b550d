import { expect, it } from 'vitest'
import { SourceText } from '../source-text.ts'
import { createDependencyEngine } from './engine.ts'
import { forms } from './fixtures/forms.ts'
import { unlimited } from './fixtures/unit.ts'
import type { Package } from './package.ts'

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const pieces = [
  '__proto__',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ':',
  '\n',
  '\n\n  ',
  'null',
  'true',
  '[]',
  '{}',
  '-1e999',
  '\u0000',
  '\ud800',
  '&a',
  '*a',
  '<<: *a',
  '&x;',
  '<',
  '<a>',
  ']]>',
  '$' + '{v}',
  '$(V)',
  '=>',
  '[[package]]',
  '\\',
  '../../..',
  '9'.repeat(400),
  '['.repeat(3000),
  '{"a":'.repeat(3000),
  '<a>'.repeat(3000),
  '- '.repeat(3000),
]

function bend(text: string, next: (below: number) => number): string {
  const from = next(text.length)
  const to = from + next(40)
  const piece = pieces[next(pieces.length)] ?? ''
  const kind = next(5)
  if (kind === 0) return text.slice(0, from)
  if (kind === 1) return text.slice(0, from) + text.slice(to)
  if (kind === 2) return text.slice(0, to) + text.slice(from)
  if (kind === 3) return text.slice(0, from) + piece + text.slice(from)
  return text.slice(0, from) + piece + text.slice(to)
}

function wrongs({ name, place, path, dependsOn }: Package, lines: number): string[] {
  return [
    ...(name === '' || name.length > 300 ? [`name ${name}`] : []),
    ...(place.line < 1 || place.line > lines || place.column < 1 ? ['place'] : []),
    ...(place.endColumn < place.column ? ['end of place'] : []),
    ...(path.length === 0 || path.length > 64 ? ['path'] : []),
    ...(dependsOn.some((key) => key === '') ? ['needs'] : []),
  ]
}

it.each(Object.keys(forms))('%s may be bent in any way', (path) => {
  const next = numbers(path.length)
  const engine = createDependencyEngine()
  for (let round = 0; round < 60; round++) {
    let text = forms[path] ?? ''
    for (let bends = 1 + next(3); bends > 0; bends--) text = bend(text, next)
    const files = Object.entries({ ...forms, [path]: text })
      .filter(([name]) => name.split('/')[0] === path.split('/')[0])
      .map(([name, content]) => new SourceText(name, Buffer.from(content)))
    for (const file of files) if (file.path === path) engine.membership(file)
    const { packages } = engine.scan({ kind: 'dependencies', files }, unlimited)
    const lines = text.split('\n').length
    const own = packages.filter(({ place }) => place.path === path)
    expect(
      own.flatMap((one) => wrongs(one, lines)),
      text,
    ).toEqual([])
  }
  expect(Object.keys(Object.prototype)).toEqual([])
})
