import { describe, expect, it } from 'vitest'
import { contextAround, excerptAround } from './excerpt.ts'
import { Lines } from './lines.ts'
import { Redactor } from './redact.ts'

const value = 'q7Zx81LmPw04Vt2K'

function excerpt(text: string, around = value) {
  const bytes = Buffer.from(text)
  const start = bytes.indexOf(around)
  const span = { start, end: start + around.length }
  const redactor = new Redactor(bytes, [span], [value])
  const lines = new Lines(bytes)
  return {
    ...excerptAround(lines, redactor, span),
    context: contextAround(lines, redactor, span),
  }
}

describe('excerptAround', () => {
  it('gives the line with its neighbours and marks the mask', () => {
    const { startLine, lines, mark } = excerpt(`one\ntwo\nkey = "${value}"\nfour\nfive`)
    expect(startLine).toBe(2)
    expect(lines).toEqual(['two', 'key = "q7Zx…"', 'four'])
    expect(mark).toEqual({ line: 3, column: 8, endColumn: 13 })
  })

  it('ends with the file', () => {
    expect(excerpt(`key = "${value}"`)).toMatchObject({ startLine: 1, lines: ['key = "q7Zx…"'] })
  })

  it('cuts long lines, and the mark stays in view', () => {
    const { lines, mark } = excerpt(
      `${'x y '.repeat(100_000)}key="${value}" ${'z '.repeat(50_000)}`,
    )
    const [line = ''] = lines
    expect(line.length).toBeLessThanOrEqual(162)
    expect(line.slice((mark?.column ?? 0) - 1, (mark?.endColumn ?? 0) - 1)).toBe('q7Zx…')
  })

  it('cuts no other copy of the value in two', () => {
    for (let distance = 380; distance < 440; distance++) {
      const { lines } = excerpt(`"${value}"${' '.repeat(distance)}"${value}"${'.'.repeat(900)}`)
      expect(lines.join()).not.toContain(value.slice(-5))
    }
  })

  it('shows of a key over many lines the header only', () => {
    const key = ['-----BEGIN PRI', 'VATE KEY-----\n', 'Ab3/'.repeat(16), '\n-----END'].join('')
    expect(excerpt(`a\n${key}\nb`, key).lines).toEqual(['a', '-----BEGIN PRIVATE KEY-----…', '…'])
  })

  it('leaves well-formed text where it cuts a surrogate pair', () => {
    const { lines } = excerpt(`${'😀'.repeat(90)}"${value}"${'😀'.repeat(90)}`)
    expect(lines.every((line) => line.isWellFormed())).toBe(true)
  })
})

describe('contextAround', () => {
  it('folds white space and takes every secret out', () => {
    expect(excerpt(`one\n\tkey  =\t"${value}"\r\n  two`).context).toBe('one key = "…" two')
  })
  it('says nothing where secrets may be left that nothing found', () => {
    const bytes = Buffer.from(`key = "${value}"`)
    const redactor = new Redactor(bytes, [], [], false)
    expect(contextAround(new Lines(bytes), redactor, { start: 0, end: 3 })).toBe('')
  })
})
