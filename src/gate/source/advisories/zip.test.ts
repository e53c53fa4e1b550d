import { describe, expect, it } from 'vitest'
import { type ZipEntry, zipOf } from './fixtures/zip.ts'
import { AdvisoryInputError } from './input-error.ts'
import { readZip, zipLimits } from './zip.ts'

const limits = {
  ...zipLimits,
  entriesMax: 20,
  entryBytesMax: 1_000_000,
  bytesMax: 2_000_000,
}

async function read(bytes: Buffer) {
  const texts: [string, string][] = []
  const wants = (path: string) => path.endsWith('.json')
  for await (const { path, text } of readZip(bytes, 'all.zip', wants, limits)) {
    texts.push([path, text])
  }
  return texts
}

const a: ZipEntry = { path: 'a.json', content: '{"id":"Ä"}' }
const large = (bytes: number): ZipEntry => ({ ...a, content: Buffer.alloc(bytes, 'x'), method: 0 })

describe('readZip', () => {
  it('reads what is wanted, deflated or stored, and leaves zips inside closed', async () => {
    const inner = zipOf([{ path: 'x.json', content: '0'.repeat(900_000) }])
    const entries = [
      a,
      { path: 'folder/b.json', content: '{}', method: 0 },
      { path: 'inner.zip', content: inner },
      { path: 'folder/', content: '' },
      { path: 'empty.json', content: '' },
    ]
    expect(await read(zipOf(entries))).toEqual([
      ['a.json', '{"id":"Ä"}'],
      ['folder/b.json', '{}'],
      ['empty.json', ''],
    ])
  })

  it.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /no zip that can be read/],
    ['another file', Buffer.from('{"id":1}'), /no zip that can be read/],
    ['a zip that is cut', zipOf([a]).subarray(0, 60), /no zip that can be read/],
    ['a zip without its beginning', zipOf([a]).subarray(20), /./],
    ['damaged bytes', zipOf([{ ...a, crc: 7 }]), /a\.json is damaged \(its checksum/],
    ['a smaller size than stated', zipOf([{ ...a, size: 90 }]), /a\.json is damaged/],
    ['a larger size than stated', zipOf([{ ...a, size: 2 }]), /a\.json is damaged/],
    ['an encrypted entry', zipOf([{ ...a, flags: 1 }]), /a\.json is encrypted/],
    ['an unknown method', zipOf([{ ...a, method: 93 }]), /method 93 is not supported/],
    ['a way out', zipOf([{ ...a, path: '../a.json' }]), /relative path/],
    [
      'a long run',
      zipOf([{ ...a, content: '0'.repeat(900_000) }]),
      /compressed more than 200 times/,
    ],
    ['a large entry', zipOf([large(1_000_001)]), /1000001 bytes, more than/],
    ['large in all', zipOf([1, 2, 3].map(() => large(900_000))), /inside/],
    ['too many entries', zipOf(Array.from({ length: 21 }, () => a)), /21 entries/],
    [
      'entries that share their bytes',
      zipOf([
        large(9000),
        ...Array.from({ length: 15 }, () => ({ ...large(9000), overlaps: true })),
      ]),
      /its entries overlap/,
    ],
  ])('refuses %s', async (_, bytes, reason) => {
    const refused = await read(bytes).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(AdvisoryInputError)
    expect(String(refused)).toMatch(/all\.zip: /)
    expect(String(refused)).toMatch(reason)
  })
})
