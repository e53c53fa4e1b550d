// Texts that nobody wrote: whatever they hold, lowering ends and throws nothing, and the native
// parser is given nothing that would end the process.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { javascript } from './frontend.ts'
import { nestsTooDeep } from './nesting.ts'
import { parseProgram } from './parse.ts'

/** What repeats, what stands in the middle, and what closes it as often. */
const nested: [kind: string, open: string, middle: string, close: string][] = [
  ['parentheses', '(', '1', ')'],
  ['arrays', '[', '', ']'],
  ['blocks', '{', '', '}'],
  ['objects', 'x={a:', '1', '}'],
  ['functions', 'function f(){', '', '}'],
  ['templates', 'x=`${', '1', '}`'],
  ['elements', '<a>', '', '</a>'],
  ['arrows', 'a=>', '1', ''],
  ['assignments', 'a=', '1', ''],
  ['conditions', 'a?b:', '1', ''],
  ['negations', '!', '1', ''],
  ['operators', 'typeof ', '1', ''],
  ['instances', 'new ', 'a', ''],
  ['sums', '1+', '1', ''],
  ['branches', 'if(a){}else ', ';', ''],
  ['headers', 'for(;;)', ';', ''],
  ['labels', 'a:', ';', ''],
  ['types', 'type X=A<', 'B', '>'],
  ['members', 'a.', 'a', ''],
  ['calls', 'a(', '', ''],
  ['text and parentheses', '"("+(', '1', ')'],
  ['comments and brackets', '/*(*/[', '', ']'],
]

describe('texts that nest', () => {
  it.each(nested)('%s are bounded before they are parsed', (_, open, middle, close) => {
    const text = (depth: number) => open.repeat(depth) + middle + close.repeat(depth)
    expect(nestsTooDeep(text(40_000), true)).toBe(true)
    expect(nestsTooDeep(text(200), true)).toBe(false)
    // The deepest that passes does no harm.
    let [least, most] = [200, 40_000]
    while (most - least > 50) {
      const depth = (least + most) >> 1
      if (nestsTooDeep(text(depth), true)) most = depth
      else least = depth
    }
    for (const path of ['a.jsx', 'a.ts'])
      expect(() => parseProgram(path, text(least))).not.toThrow()
  })

  it.each([
    ['many statements without semicolons', 'f(a)\nlet b = a\n', 20_000],
    ['many functions', 'function f() { return 1 }\n', 20_000],
    ['many cases', 'case 1:\n', 20_000],
    ['many elements of an array', '{ a: [1, 2] },\n', 20_000],
    ['many comparisons', 'a === 1 ||\n', 3_000],
    ['many texts', '"a" +\n', 5_000],
    ['many types', "  | 'a'\n", 5_000],
    ['many members of a class', '  m(): void { f() }\n', 20_000],
    ['many elements', "<p>Don't {x}</p>\n", 5_000],
  ])('%s pass', (_, line, count) => {
    expect(nestsTooDeep(line.repeat(count), true)).toBe(false)
  })
})

const seeds = ['frontend.test.ts', 'classes.ts', 'conventions.ts'].map((name) =>
  readFileSync(join(import.meta.dirname, name), 'utf8'),
)

describe('mutated texts', () => {
  it.each([1, 2, 3, 4])('are lowered without a fault (seed %i)', (seed) => {
    const next = random(seed)
    for (let round = 0; round < 60; round++) {
      let text = seeds[next(seeds.length)] ?? ''
      const start = next(text.length)
      text = text.slice(start, start + 200 + next(3000))
      for (let count = next(12); count >= 0; count--) text = mutate(text, next)
      const path = `a${['.js', '.ts', '.tsx', '.vue', '.mjs'][next(5)]}`
      const source = new SourceText(path, new TextEncoder().encode(text))
      const { file } = javascript.lower(source, { expired: () => false })
      expect(file.main.end).toBe(source.text.length)
    }
  })
})

function mutate(text: string, next: (below: number) => number): string {
  const at = next(text.length + 1)
  const length = next(20)
  const other = next(text.length + 1)
  switch (next(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length)
    case 1:
      return text.slice(0, at) + text.slice(other, other + length) + text.slice(at)
    case 2:
      return text.slice(0, at) + pieces[next(pieces.length)] + text.slice(at)
    case 3:
      return text.slice(0, at) + String.fromCharCode(next(0x300)) + text.slice(at + 1)
    default:
      return text.slice(0, at)
  }
}

const pieces = [
  ...'(){}[]<>;,:?=`\'"/*!@#\\\n',
  '${',
  '=>',
  '...',
  'class {',
  'async ',
  'await ',
  'export default ',
  'import(',
  '</a>',
  '/*',
  '\ud800',
]

/** Numbers that are the same in every run. */
function random(seed: number): (below: number) => number {
  let state = seed * 2654435761
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return below === 0 ? 0 : (state >>> 8) % below
  }
}
