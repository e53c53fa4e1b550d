import { describe, expect, it } from 'vitest'
import { X509Error } from '../error.ts'
import { DerReader, tags } from './reader.ts'
import { encodeTime, timeOf } from './time.ts'
import { bitNumbersOf, booleanOf, decodeOid, integerBytesOf, nullOf, numberOf } from './values.ts'
import * as write from './writer.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const element = (der: Uint8Array) => DerReader.of(der).next(undefined, 'value')

function faultOf(attempt: () => unknown): { fault: string; offset: number | null } | null {
  try {
    attempt()
    return null
  } catch (error) {
    if (!(error instanceof X509Error)) throw error
    return { fault: error.fault, offset: error.offset }
  }
}

describe('a structure', () => {
  it.each([
    ['an indefinite length', '30 80 05 00 00 00', 'malformed', 1],
    ['a length in too many bytes', '30 81 02 05 00', 'malformed', 1],
    ['a length with a leading zero', `30 82 00 80 ${'00'.repeat(128)}`, 'malformed', 1],
    ['a length of five bytes', '30 85 01 00 00 00 00', 'too_large', 1],
    ['more than there is', '30 03 05 00', 'malformed', 0],
    ['a cut header', '30', 'malformed', 1],
    ['nothing', '', 'malformed', 0],
    ['bytes behind', '30 00 00', 'malformed', 2],
    ['another tag', '31 00', 'malformed', 0],
    ['a long tag', '3f 81 00 00', 'unsupported', 0],
  ])('with %s is refused there', (_, hex, fault, offset) => {
    const attempt = () => DerReader.single(bytes(hex), tags.sequence, 'thing')
    expect(faultOf(attempt)).toEqual({ fault, offset })
  })

  it('is bounded in bytes, elements and depth', () => {
    expect(faultOf(() => DerReader.of(Buffer.alloc(11), { bytesMax: 10 }))?.fault).toBe('too_large')
    const many = DerReader.of(Buffer.from('0500'.repeat(9), 'hex'), { elementsMax: 8 })
    const all = () => {
      while (!many.done) many.next(tags.null, 'null')
    }
    expect(faultOf(all)).toEqual({ fault: 'too_large', offset: 16 })
    let deep: Uint8Array = write.nullValue
    for (let depth = 0; depth < 40; depth++) deep = write.sequence(deep)
    const descend = () => {
      let reader = DerReader.of(deep)
      while (true) reader = reader.enter(tags.sequence, 'nest')
    }
    expect(faultOf(descend)?.fault).toBe('too_large')
  })

  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])('of %i bytes is read as written', (size) => {
    const reader = DerReader.single(write.octetString(Buffer.alloc(size, 1)), 0x04, 'octets')
    expect(size === 0 ? reader.done : reader.offset > 0).toBe(true)
    const [value] = [element(write.octetString(Buffer.alloc(size, 1)))]
    expect(value.end - value.content).toBe(size)
  })
})

describe('a value', () => {
  it.each([
    ['BOOLEAN 01', () => booleanOf(element(bytes('01 01 01')))],
    ['BOOLEAN of two bytes', () => booleanOf(element(bytes('01 02 00 00')))],
    ['an empty INTEGER', () => integerBytesOf(element(bytes('02 00')))],
    ['a padded INTEGER', () => integerBytesOf(element(bytes('02 02 00 7f')))],
    ['a padded negative INTEGER', () => integerBytesOf(element(bytes('02 02 ff 80')))],
    ['a negative number', () => numberOf(element(bytes('02 01 ff')))],
    ['a huge number', () => numberOf(element(bytes('02 07 01 00 00 00 00 00 00')))],
    ['NULL with content', () => nullOf(element(bytes('05 01 00')))],
    ['a BIT STRING of 9 unused bits', () => bitNumbersOf(element(bytes('03 02 09 00')))],
    ['an empty BIT STRING', () => bitNumbersOf(element(bytes('03 00')))],
    ['an empty OID', () => decodeOid(bytes(''), 0)],
    ['a cut OID', () => decodeOid(bytes('2a 86'), 0)],
    ['a padded OID', () => decodeOid(bytes('2a 80 01'), 0)],
  ])('%s is refused', (_, attempt) => {
    expect(faultOf(attempt)).not.toBeNull()
  })

  it.each([
    '1.2.840.113549.1.1.11',
    '2.5.29.17',
    '0.9.2342.19200300.100.1.25',
    '2.999.1',
    '2.25.329800735698586629295641978511506172918',
  ])('OID %s is read as written', (dotted) => {
    expect(decodeOid(write.oid(dotted).subarray(2), 0)).toBe(dotted)
  })

  it.each(['3.1', '1.40', '1', '1.02', 'x', '1..2'])('OID %s is not written', (dotted) => {
    expect(faultOf(() => write.oid(dotted))?.fault).toBe('not_allowed')
  })

  it('of named bits has no trailing zeros', () => {
    expect(Buffer.from(write.bitList([0, 2])).toString('hex')).toBe('030205a0')
    expect(Buffer.from(write.bitList([8])).toString('hex')).toBe('0303070080')
    expect(bitNumbersOf(element(write.bitList([0, 5, 8])))).toEqual([0, 5, 8])
  })
})

describe('a time', () => {
  it.each([
    ['2049-12-31T23:59:59.000Z', '170d3439313233313233353935395a'],
    ['2050-01-01T00:00:00.000Z', '180f32303530303130313030303030305a'],
    ['1950-01-01T00:00:00.000Z', '170d3530303130313030303030305a'],
    ['1949-12-31T00:00:00.000Z', '180f31393439313233313030303030305a'],
    ['9999-12-31T23:59:59.000Z', '180f39393939313233313233353935395a'],
    ['0001-01-01T00:00:00.000Z', '180f30303031303130313030303030305a'],
  ])('%s is %s', (iso, hex) => {
    expect(Buffer.from(encodeTime(new Date(iso))).toString('hex')).toBe(hex)
    expect(timeOf(element(bytes(hex))).toISOString()).toBe(iso)
  })

  it.each(['9912312359Z', '991231235959+0000', '990231235959Z', '991231245959Z', '99123123595aZ'])(
    'UTCTime %s is refused',
    (text) => {
      const der = write.encode(tags.utcTime, Buffer.from(text))
      expect(faultOf(() => timeOf(element(der)))?.fault).toBe('malformed')
    },
  )

  it('of the year 10000 is not written', () => {
    expect(faultOf(() => encodeTime(new Date(Date.UTC(10_000, 0))))?.fault).toBe('not_allowed')
  })
})
