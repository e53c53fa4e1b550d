// Texts that nobody wrote: whatever they hold, lowering ends and throws nothing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { pythonFrontend } from './frontend.ts'

const grammars = join(import.meta.dirname, '../../../../../vendor/grammars')

beforeAll(async () => {
  await pythonFrontend.prepare(async (name) => readFileSync(join(grammars, `${name}.wasm`)))
})

function lower(text: string, expired = () => false) {
  const source = new SourceText('a.py', new TextEncoder().encode(text))
  return pythonFrontend.lower(source, { expired })
}

/** How deep the deepest node stands: whoever goes down the result must not go deeper. */
function depthOf(value: unknown): number {
  let deepest = 0
  const open: [unknown, number][] = [[value, 0]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [one, depth] = next
    deepest = Math.max(deepest, depth)
    if (one === null || typeof one !== 'object') continue
    for (const inner of Object.values(one)) open.push([inner, depth + 1])
  }
  return deepest
}

describe('what nests or goes on', () => {
  it.each([
    ['parentheses', '(', '1', ')'],
    ['lists', '[', '', ']'],
    ['maps', '{1:', '1', '}'],
    ['calls', 'f(', '', ')'],
    ['members', 'a.', 'a', ''],
    ['indexes', 'a[', '1', ']'],
    ['sums', 'a + ', 'a', ''],
    ['conjunctions', 'a and ', 'a', ''],
    ['comparisons', 'a < ', 'a', ''],
    ['conditions', 'a if b else ', 'c', ''],
    ['lambdas', 'lambda: ', '1', ''],
    ['negations', 'not ', '1', ''],
    ['assignments', 'a = ', '1', ''],
    ['comprehensions', '[a for a in ', 'b', ']'],
    ['templates', 'f"{', 'a', '}"'],
    ['decorators', '@a\n', 'def f(): pass', ''],
    ['half a pattern', 'match a:\n case [', '', ''],
  ])('%s are cut at a depth', (_, open, middle, close) => {
    const { file } = lower(open.repeat(5000) + middle + close.repeat(5000))
    expect(depthOf(file.main)).toBeLessThan(2500)
  })

  it('reads chains of alternatives of any length', () => {
    const branches = `if a: pass\n${'elif b: c(d)\n'.repeat(3000)}`
    const cases = `match a:\n${' case [b]: c(d)\n'.repeat(3000)}`
    for (const text of [branches, cases]) {
      const { file, incomplete } = lower(text)
      expect(incomplete).toBeNull()
      expect(depthOf(file.main)).toBeLessThan(2500)
    }
  })

  it('gives up on blocks in blocks', () => {
    const lines = Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}if a:`)
    expect(lower(`${lines.join('\n')} b()`).incomplete).toMatch(/deeper/)
  })

  it('reads no endless placeholders', () => {
    for (const piece of ['%(', '{', '%', '%s', '{}']) {
      expect(() => lower(`x = "${piece.repeat(50_000)}" % a`)).not.toThrow()
      expect(() => lower(`x = "${piece.repeat(50_000)}".format(a)`)).not.toThrow()
    }
  })
})

describe('what is no Python', () => {
  it.each([
    ['', 0],
    ['\u0000\uffff(((', 0],
    ['def', 0],
    ['class A(', 0],
    ['f(a b)', 0],
    ["x = '", 0],
    ['import', 0],
    ['match', 0],
    ['{% if a %}\nx = {{ b }}\n', 0],
  ])('%j gives a file', (text) => {
    expect(lower(text).file.language).toBe('python')
  })

  it('keeps what stands beside it', () => {
    const { file } = lower('def f(:\n  pass\n\nimport os\nos.system(a)\n')
    expect(JSON.stringify(file.main)).toContain('"system"')
  })
})

describe('time', () => {
  it('ends when it is up', () => {
    const long = 'a = b(c, d)\n'.repeat(20_000)
    expect(lower(long, () => true).incomplete).toMatch(/time/)
    let asked = 0
    expect(lower(long, () => ++asked > 200).incomplete).toMatch(/time/)
  })
})
