import { describe, expect, it } from 'vitest'
import { prettyLine } from './log-line.ts'

const record = { level: 'info', time: '2026-01-02T12:34:56.789Z', msg: 'Scan started' }
const plain = { colour: false }

describe('prettyLine', () => {
  it('puts the time, the level and the message first, then the fields', () => {
    const line = prettyLine({ ...record, scan_id: 5, path: 'a b', list: ['x'], host: 'h:1' }, plain)
    expect(line).toBe('12:34:56.789Z INFO  Scan started scan_id=5 path="a b" list=["x"] host=h:1\n')
  })

  it('prints the stack of an error below, indented', () => {
    const err = { type: 'Error', message: 'm', stack: 'Error: m\n    at f (a.ts:1:2)' }
    expect(prettyLine({ ...record, level: 'error', err }, plain)).toBe(
      '12:34:56.789Z ERROR Scan started\n  Error: m\n      at f (a.ts:1:2)\n',
    )
    expect(prettyLine({ ...record, err: { message: 'no stack' } }, plain)).toContain(
      '\n  no stack\n',
    )
  })

  it('lets nothing that is logged steer the terminal or fake a line', () => {
    const hostile = '\u001b[2J\r\n\u0007\u009b\u202e\u2028'
    const line = prettyLine(
      { ...record, msg: hostile, [hostile]: hostile, err: { stack: '\u001b[1m' } },
      plain,
    )
    expect(line.split('\n')).toHaveLength(3)
    expect(line).toContain('\\u001b[2J\\u000d\\u000a\\u0007\\u009b\\u202e\\u2028')
    expect([...line].filter((character) => /[\p{Cc}\u2028\u202e]/u.test(character))).toEqual([
      '\n',
      '\n',
    ])
  })

  it('colours the level where asked', () => {
    expect(prettyLine({ ...record, level: 'error' }, { colour: true })).toContain(
      '\u001b[31mERROR\u001b[39m',
    )
    expect(prettyLine({ msg: 'bare' }, plain)).toContain('bare')
  })
})
