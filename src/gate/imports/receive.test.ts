import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createArtefacts } from '../../platform/artefacts.ts'
import type { Problem } from '../../platform/errors.ts'
import { sarif } from './fixtures/read.ts'
import { type Receiving, receiveDocument } from './receive.ts'

const folder = mkdtempSync(join(tmpdir(), 'panthera-receive-'))
const artefacts = createArtefacts(join(folder, 'artefacts'))
const document = JSON.stringify(sarif([{ ruleId: 'r', message: { text: 'x'.repeat(300_000) } }]))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function receive(bytes: Iterable<Uint8Array>, more: Partial<Receiving> = {}) {
  return receiveDocument({
    artefacts,
    body: Readable.from(bytes, { objectMode: false }),
    contentEncoding: undefined,
    ...more,
  })
}

async function problem(received: Promise<unknown>): Promise<Problem> {
  return received.then(
    () => {
      throw new Error('it was accepted')
    },
    (error: Problem) => error,
  )
}

const stored = () =>
  readdirSync(join(folder, 'artefacts'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

/** One byte at a time where it begins: that is what is looked at. */
function* slowly(bytes: Uint8Array) {
  for (let at = 0; at < 20; at++) yield bytes.subarray(at, at + 1)
  yield bytes.subarray(20)
}

describe('receiveDocument', () => {
  it('stores the document uncompressed, however it comes', async () => {
    const plain = Buffer.from(document)
    const once = gzipSync(plain)
    const received = await receive([plain])
    expect(received).toMatchObject({ format: 'sarif', tool: 'Tool', category: null })
    expect(readFileSync(artefacts.path(received.sha256), 'utf8')).toBe(document)
    expect(await receive(slowly(plain))).toEqual(received)
    expect(await receive([once], { contentEncoding: 'gzip' })).toEqual(received)
    expect(await receive(slowly(once))).toEqual(received)
    expect(await receive([gzipSync(once)], { contentEncoding: 'gzip' })).toEqual(received)
    expect(stored()).toEqual([received.sha256])
  })

  it.each([
    ['', 'The document is empty (at byte 0)'],
    ['{', 'The document ends before it is complete (at byte 1)'],
    ['\ufeffnot json', 'The document has "not" where a value must stand (at byte 3)'],
    ['<?xml version="1.0"?><bom/>', 'The document is XML or HTML; send JSON'],
    ['[{"RuleID":"x"}]', 'The document is a list; SARIF and CycloneDX are objects'],
  ])('refuses %j and keeps nothing', async (text, message) => {
    const before = stored()
    const refused = await problem(receive([Buffer.from(text)]))
    expect(refused).toMatchObject({ code: 'invalid_document', status: 400, message })
    expect(stored()).toEqual(before)
  })

  it('refuses other encodings and containers', async () => {
    const utf16 = Buffer.from(`\ufeff${document}`, 'utf16le')
    expect((await problem(receive([utf16]))).message).toContain('UTF-16')
    expect((await problem(receive([Buffer.from('PK\u0003\u0004')]))).message).toContain('ZIP')
    const thrice = gzipSync(gzipSync(gzipSync('{}')))
    expect((await problem(receive([thrice]))).message).toContain('more than twice')
    const brotli = await problem(receive([Buffer.from('{}')], { contentEncoding: 'br' }))
    expect(brotli).toMatchObject({ status: 415, details: { accepted: ['gzip', 'identity'] } })
  })

  it('refuses a gzip stream that is cut or damaged', async () => {
    const bytes = gzipSync(document)
    const cut = await problem(receive([bytes.subarray(0, bytes.length - 20)]))
    expect(cut.message).toMatch(/^The gzip stream is damaged/)
    bytes.fill(0xff, 30, 60)
    expect((await problem(receive([bytes]))).message).toMatch(/^The gzip stream is damaged/)
  })

  it('stops a bomb as soon as it is too large', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
    expect(bomb.length).toBeLessThan(100_000)
    const refused = await problem(receive([bomb], { bytesMax: 1_000_000 }))
    expect(refused).toMatchObject({ status: 413, details: { bytes_max: 1_000_000 } })
  })
})

describe('receiveDocument behind a socket', () => {
  const outcomes: unknown[] = []
  const server = createServer((incoming, reply) => {
    receiveDocument({ artefacts, body: incoming, contentEncoding: undefined, idleMs: 200 }).then(
      () => reply.end('stored'),
      (error: Problem) => {
        outcomes.push(error.message)
        reply.statusCode = error.status
        reply.end(error.message)
      },
    )
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => server.close())

  const open = () =>
    request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', method: 'POST' })

  it('answers while the client is still sending', async () => {
    const sending = open()
    const answer = new Promise<number>((resolve, reject) => {
      sending.on('response', (reply) => resolve(reply.statusCode ?? 0))
      sending.on('error', reject)
    })
    for (let at = 0; at < 40; at++) sending.write(Buffer.alloc(100_000, '<'))
    expect(await answer).toBe(400)
    sending.end()
  })

  it('does not wait for ever, and hears when the client goes away', async () => {
    for (const goAway of [false, true]) {
      const before = outcomes.length
      const sending = open()
      const closed = new Promise((resolve) => sending.on('close', resolve))
      sending.on('error', () => undefined)
      sending.write('{"version":')
      if (goAway) setTimeout(() => sending.destroy(), 50)
      await closed
      await expect.poll(() => outcomes.slice(before)).toEqual(['The upload broke off'])
    }
  })
})
