import { describe, expect, it } from 'vitest'
import { readCommands } from './commands.ts'

const told = (script: string) =>
  readCommands(script).map(({ name, words }) => [name, ...words.map(({ text }) => text)].join(' '))

describe('readCommands', () => {
  it.each<[script: string, commands: string[]]>([
    ['a b  "c d" \'e;f\'; g && h||i &', ['a b c d e;f', 'g', 'h', 'i']],
    ['/usr/bin/curl -o x y # z', ['curl -o x y']],
    ['a \\\n  b\nc', ['a b', 'c']],
    ['A=1 B="2 3" a', ['a']],
    ['sudo -E -u root bash -x', ['bash -x']],
    ['env A=1 a b', ['a b']],
    ['if a; then b; else c; fi', ['a', 'b', 'c', '']],
    ['a > b 2>&1 >>c <d', ['a 2']],
    ['a "$(b c)" `d`', ['b c', 'd', 'a $(b c) `d`']],
    ["sh -c 'a b; c'", ['a b', 'c', 'sh -c a b; c']],
    ['cat <<EOF > x\na b\nEOF\nc', ['cat', 'c']],
    ["a 'b", ['a b']],
    ['a $(b', ['b', 'a $(b']],
    ['(a; b) | c', ['a', 'b', 'c']],
    ['a <(b) x', ['b', 'a <(b) x']],
    ['echo a#b', ['echo a#b']],
    ['a "b\\"c" \\$d', ['a b"c $d']],
  ])('%j', (script, commands) => {
    expect(told(script)).toEqual(commands)
  })

  it('knows pipelines, outputs, sudo and places', () => {
    const script = 'x; a b | sudo tee "$F" > out'
    const [, first, last] = readCommands(script)
    expect(last).toMatchObject({ name: 'tee', isSudo: true, outputs: ['out'], pipedFrom: [first] })
    expect(script.slice(first?.start, first?.end)).toBe('a b')
    expect(script.slice(last?.start, last?.end)).toBe('sudo tee "$F"')
  })
})
