// DNS messages of a server that means harm, and signatures that do not hold.
import { describe, expect, it } from 'vitest'
import {
  classes,
  DnsMalformed,
  encodeHeader,
  encodeName,
  encodeQuestion,
  encodeResource,
  parseMessage,
  readName,
  types,
} from './message.ts'
import { sign, type TsigKey, tsigErrors, verify } from './tsig.ts'

const key: TsigKey = { name: 'updates', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) }
const now = Date.parse('2026-01-02T03:04:05Z')
const question = Buffer.concat([
  encodeHeader(7, 0, [1, 0, 0, 0]),
  encodeQuestion('a.example', types.soa),
])

describe('messages', () => {
  it('are read as they were written', () => {
    const data = Buffer.from('\x03abc')
    const record = { name: 'b.a.example', type: types.txt, class: classes.in, ttl: 60, data }
    const bytes = Buffer.concat([encodeHeader(9, 5, [0, 1, 0, 0]), encodeResource(record)])
    expect(parseMessage(bytes)).toMatchObject({ id: 9, code: 0, answers: [record] })
  })

  it.each([
    ['a pointer to itself', Buffer.from([0xc0, 0])],
    ['pointers in a circle', Buffer.from([0xc0, 2, 0xc0, 0])],
    ['an unknown form', Buffer.from([0x80, 0])],
    ['a label cut short', Buffer.from([5, 97])],
    ['no end', Buffer.concat(Array.from({ length: 200 }, () => Buffer.from([1, 97])))],
  ])('with a name of %s are refused', (_, bytes) => {
    expect(() => readName(bytes, 0)).toThrow(DnsMalformed)
  })

  it('cut anywhere are refused, and never read beyond', () => {
    const { bytes } = sign(question, key, now)
    for (let size = 0; size < bytes.length; size++) {
      expect(() => parseMessage(bytes.subarray(0, size))).toThrow(DnsMalformed)
    }
  })

  it.each(['a'.repeat(64), Array(60).fill('abcde').join('.')])('hold no name %s', (name) => {
    expect(() => encodeName(name)).toThrow(DnsMalformed)
  })
})

describe('signatures', () => {
  /** As a server answers: over the signature of what was asked, too. */
  const asked = sign(question, key, now)

  it('of another key, or changed on the way, do not hold', () => {
    const { bytes } = sign(question, key, now)
    expect(() => verify(bytes, key, { mac: asked.mac, now })).toThrow(/is wrong/)
    const other = { ...key, name: 'others' }
    expect(() => verify(bytes, other, { mac: asked.mac, now })).toThrow(/another key/)
    expect(() => verify(question, key, { mac: asked.mac, now })).toThrow(/not signed/)
  })

  it('that the server did not take are told as that', () => {
    const data = Buffer.concat([
      encodeName(key.algorithm),
      Buffer.alloc(6),
      Buffer.from([1, 44, 0, 0, 0, 7, 0, tsigErrors.badKey, 0, 0]),
    ])
    const record = { name: key.name, type: types.tsig, class: classes.any, ttl: 0, data }
    const bytes = Buffer.concat([encodeHeader(7, 5, [0, 0, 0, 1]), encodeResource(record)])
    expect(verify(bytes, key, { mac: asked.mac, now })).toBe(tsigErrors.badKey)
  })
})
