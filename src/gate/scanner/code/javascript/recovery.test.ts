import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { javascript } from './frontend.ts'
import { irText } from './ir-text.fixture.ts'

describe('a text with errors in it', () => {
  it.each([
    ['f(1)\nconst = 2\ng(3)\n', '$f(1)\n$g(3)'],
    ['import { x } from "y"\nfunction f() {\n  <<<<<<< HEAD\n  x()\n}\nx(1)\n', '$y.x(1)'],
    [
      'f(1)\nmodule.exports = function g() {\n  return [h(',
      '$f(1)\n$module.exports := fn! g() {return [$h()]}',
    ],
    ['type T = {| a: string |}\nf(1)\n', '$f(1)'],
  ])('%j is read in part', (text, expected) => {
    const source = new SourceText('a.js', new TextEncoder().encode(text))
    const { file, incomplete } = javascript.lower(source, { expired: () => false })
    expect(incomplete).toContain('some of it could not be parsed')
    expect(irText(file)).toBe(expected)
    const [first] = file.main.body
    expect(text.slice(first?.at, first?.end)).toMatch(/^(?:f|x)\(1\)$/)
  })
})
