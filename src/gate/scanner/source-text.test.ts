import { describe, expect, it } from 'vitest'
import { SourceText } from './source-text.ts'

const source = (bytes: string | Buffer) => new SourceText('a.txt', Buffer.from(bytes))

describe('SourceText', () => {
  it.each([
    ['ASCII', 'ab\ncd'],
    ['two and three bytes', 'ä€\nßx'],
    ['four bytes', '😀x\n😀y'],
    ['a byte order mark', '\ufeffab\ncd'],
  ])('knows for every place of the text its byte: %s', (_, text) => {
    const it = source(text)
    expect(it.text).toBe(text)
    for (let index = 0; index <= text.length; index++) {
      const half = /[\udc00-\udfff]/.test(text[index] ?? '')
      if (half) continue
      expect(it.byteAt(index)).toBe(Buffer.byteLength(text.slice(0, index)))
    }
    expect(it.byteAt(1e9)).toBe(Buffer.byteLength(text))
  })

  it('counts lines from 1 and columns in UTF-16 units', () => {
    const it = source('ä😀x\n  😀y')
    expect(it.positionAt(3)).toEqual({ line: 1, column: 4 })
    expect(it.positionAt(it.text.indexOf('y'))).toEqual({ line: 2, column: 5 })
  })

  it('takes what is no UTF-8 for ISO 8859-1, byte by byte', () => {
    const it = source(Buffer.from('caf\xe9\nx = 1', 'latin1'))
    expect(it.text).toBe('café\nx = 1')
    expect(it.byteAt(5)).toBe(5)
    expect(it.positionAt(5)).toEqual({ line: 2, column: 1 })
  })
})
