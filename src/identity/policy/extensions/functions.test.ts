import { describe, expect, it } from 'vitest'
import { extensionFunctions } from './functions.ts'

function make(fn: string, text: string) {
  const value = extensionFunctions.get(fn)?.call(text, text)
  return value !== undefined && typeof value === 'object' && 'extension' in value
    ? value.canonical
    : undefined
}

describe('constructors', () => {
  it.each<[fn: string, text: string, canonical?: string]>([
    ['decimal', '1.5', '15000'],
    ['decimal', '-0.0001', '-1'],
    ['decimal', '0001.2300', '12300'],
    ['decimal', '922337203685477.5807', '9223372036854775807'],
    ['decimal', '-922337203685477.5808', '-9223372036854775808'],
    ['decimal', '922337203685477.5808'],
    ['decimal', '1'],
    ['decimal', '1.'],
    ['decimal', '1.23456'],
    ['decimal', '+1.0'],
    ['decimal', '٣.0'],
    ['ip', '10.0.0.1', '32:a000001/32'],
    ['ip', '::1', '128:1/128'],
    ['ip', '1:2:3:4:5:6:7::', '128:10002000300040005000600070000/128'],
    ['ip', '1:2:3:4:5:6:7:8::'],
    ['ip', '1::2::3'],
    ['ip', ':1'],
    ['ip', '::ffff:1.2.3.4'],
    ['ip', '01.2.3.4'],
    ['ip', '1.2.3.4/33'],
    ['ip', '1.2.3.4/08'],
    ['ip', '1.2.3.4/8/8'],
    ['datetime', '1970-01-02', '86400000'],
    ['datetime', '1969-12-31T23:59:59.999Z', '-1'],
    ['datetime', '1970-01-01T01:00:00+0100', '0'],
    ['datetime', '0000-01-01', '-62167219200000'],
    ['datetime', '2024-02-29', '1709164800000'],
    ['datetime', '2023-02-29'],
    ['datetime', '2024-01-01T24:00:00Z'],
    ['datetime', '2024-01-01T00:00:60Z'],
    ['datetime', '2024-01-01T00:00:00+2400'],
    ['datetime', '2024-01-01T00:00:00'],
    ['duration', '1d2h3m4s5ms', '93784005'],
    ['duration', '-1ms', '-1'],
    ['duration', '5ms', '5'],
    ['duration', '-9223372036854775808ms', '-9223372036854775808'],
    ['duration', '9223372036854775808ms'],
    ['duration', '1s1m'],
    ['duration', '1h1h'],
    ['duration', ''],
    ['duration', '-'],
    ['duration', `${'9'.repeat(10_000)}d`],
  ])('%s(%j)', (fn, text, canonical) => {
    expect(make(fn, text)).toBe(canonical)
  })
})
