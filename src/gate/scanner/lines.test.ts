import { describe, expect, it } from 'vitest'
import { Lines } from './lines.ts'

const linesOf = (text: string) => new Lines(Buffer.from(text))

describe('Lines', () => {
  it('counts lines from 1 and leaves their ends out', () => {
    const lines = linesOf('one\r\ntwo\n\nfour')
    expect(lines.count).toBe(4)
    const texts = [1, 2, 3, 4].map((line) =>
      Buffer.from(lines.bytes.subarray(lines.start(line), lines.end(line))).toString(),
    )
    expect(texts).toEqual(['one', 'two', '', 'four'])
  })

  it('finds the line of every byte', () => {
    const lines = linesOf('ab\ncd\n')
    expect([0, 1, 2, 3, 4, 5, 6].map((offset) => lines.lineAt(offset))).toEqual([
      1, 1, 1, 2, 2, 2, 3,
    ])
  })

  it('counts columns in UTF-16 units', () => {
    const text = 'x\né€😀key'
    const lines = linesOf(text)
    const offset = Buffer.from('x\né€😀').length
    expect(lines.columnAt(offset)).toBe('é€😀'.length + 1)
    expect(lines.columnAt(2)).toBe(1)
  })

  it('counts the same in any order', () => {
    const lines = linesOf('aé😀b\ncd')
    const ascending = [0, 1, 3, 7, 8, 9, 10].map((offset) => lines.columnAt(offset))
    const descending = [10, 9, 8, 7, 3, 1, 0].map((offset) => lines.columnAt(offset)).reverse()
    expect(descending).toEqual(ascending)
    expect(ascending).toEqual([1, 2, 3, 5, 6, 1, 2])
  })

  it('is content with an empty file', () => {
    const lines = linesOf('')
    expect([lines.count, lines.lineAt(0), lines.columnAt(0), lines.end(1)]).toEqual([1, 1, 1, 0])
  })
})
