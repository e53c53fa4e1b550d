import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type GrammarName, parserFor } from './grammar.ts'

const folder = new URL('../../../vendor/grammars/', import.meta.url)
const load = (name: GrammarName) => readFile(new URL(`${name}.wasm`, folder))
const never = () => false

describe('a parser', () => {
  it('is made once per grammar and loader', async () => {
    expect(parserFor('python', load)).toBe(parserFor('python', load))
    expect(parserFor('java', load)).not.toBe(parserFor('python', load))
  })

  it('counts in UTF-16 units', async () => {
    const parser = await parserFor('python', load)
    const text = 'a = "😀é"\nb = 1\n'
    const end = parser.parse(
      text,
      never,
      (tree) => tree.rootNode.descendantForIndex(10)?.startIndex,
    )
    expect(text.slice(end ?? 0)).toBe('b = 1\n')
  })

  it('gives up when the time is up, and goes on with the next text', async () => {
    const parser = await parserFor('python', load)
    const long = 'a = [1, 2]\n'.repeat(20_000)
    expect(
      parser.parse(
        long,
        () => true,
        () => 'read',
      ),
    ).toBeNull()
    expect(parser.parse('b = 1\n', never, (tree) => tree.rootNode.text)).toBe('b = 1\n')
  })

  it('is asked for again after its bytes were wrong', async () => {
    let bytes = Buffer.from('no grammar')
    const loadLate = async (name: GrammarName) => {
      const given = bytes
      bytes = await load(name)
      return given
    }
    await expect(parserFor('python', loadLate)).rejects.toThrow()
    const parser = await parserFor('python', loadLate)
    expect(parser.parse('a = 1', never, (tree) => tree.rootNode.hasError)).toBe(false)
  })
})
