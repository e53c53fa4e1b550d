import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseAlternativeName } from './alternative-name.ts'
import { newHierarchy, newKey, newLeaf, now, pemOf, period } from './authority.fixture.ts'
import { parseCertificate } from './certificate.ts'
import { orderChain } from './chain/order.ts'
import { pathProblems } from './chain/path.ts'
import { buildCrl, encodeEntry } from './crl/build.ts'
import { crlHolds, parseCrl } from './crl/parse.ts'
import { buildRequest, parseRequest } from './csr.ts'
import { DerReader, tags, wholeOf } from './der/reader.ts'
import { sequence } from './der/writer.ts'
import { X509Error } from './error.ts'
import { readJks } from './jks.ts'
import { readableName, rfc4514 } from './name.ts'
import { parseNameConstraint } from './name-constraint.ts'
import { buildOcspRequest, isAbout, parseOcspRequest } from './ocsp/request.ts'
import { buildOcspResponse, ocspResponseHolds, parseOcspResponse } from './ocsp/response.ts'
import { parsePem } from './pem.ts'
import { readPkcs12 } from './pkcs12/read.ts'
import { writePkcs12 } from './pkcs12/write.ts'
import { createSoftwareSigner } from './signer.ts'

const { root, intermediate } = await newHierarchy()
const issuer = intermediate.certificate
const names = ['a.example', '10.0.0.1', 'a@b.example', 'urn:a:b']
const leaf = await newLeaf(intermediate, names, {
  crlUrls: ['http://a.example/crl'],
  ocspUrls: ['http://a.example/ocsp'],
  policies: ['2.23.140.1.2.1'],
})
const constraints = { permitted: [parseNameConstraint('a.example')], excluded: [] }
const times = { thisUpdate: period(0, 7).validFrom, nextUpdate: period(0, 7).validTo }
const entries = [encodeEntry(leaf.serialBytes, { at: now, reason: 'superseded' })]
const request = buildOcspRequest(issuer, [leaf.serialBytes], { nonce: randomBytes(16) })
const { ids, nonce } = parseOcspRequest(request)
const answers = ids.map((id) => ({ id, status: 'good' as const, ...times }))
const privateKey = newKey('P-256')
const password = 'password'

const pkcs12 = await writePkcs12(
  { certificates: [leaf.der], privateKey, alias: 'a' },
  { password, random: randomBytes, iterations: 1 },
)

/** Without the MAC every change goes on to what it would have kept out. */
function withoutMac(bytes: Uint8Array): Uint8Array {
  const pfx = DerReader.single(bytes, tags.sequence, 'PKCS #12')
  const parts = [pfx.next(undefined, 'version'), pfx.next(undefined, 'contents')]
  return sequence(...parts.map(wholeOf))
}

const specimens: [what: string, valid: Uint8Array, read: (bytes: Uint8Array) => unknown][] = [
  ['certificates', leaf.der, readWhole],
  ['authorities', issuer.der, readWhole],
  [
    'requests',
    await buildRequest({ subject: { CN: 'a' }, names: [] }, createSoftwareSigner(privateKey)),
    parseRequest,
  ],
  [
    'revocation lists',
    await buildCrl({ number: 1, ...times, entries, partition: { url: 'http://a/' } }, intermediate),
    (bytes) => crlHolds(parseCrl(bytes), issuer),
  ],
  [
    'OCSP requests',
    request,
    (bytes) => parseOcspRequest(bytes).ids.map((id) => isAbout(id, issuer)),
  ],
  [
    'OCSP responses',
    await buildOcspResponse({ answers, nonce, producedAt: now }, intermediate),
    (bytes) => ocspResponseHolds(parseOcspResponse(bytes), issuer),
  ],
  [
    'PKCS #12',
    pkcs12,
    (bytes) => [attempt(() => readPkcs12(bytes, null)), readPkcs12(bytes, password)],
  ],
  ['PKCS #12 without a MAC', withoutMac(pkcs12), (bytes) => readPkcs12(bytes, password)],
  [
    'Java key stores',
    javaStore(leaf.der),
    (bytes) => [attempt(() => readJks(bytes, null)), readJks(bytes, password)],
  ],
  ['PEM', Buffer.from(pemOf(leaf) + pemOf(issuer)), (bytes) => parsePem(`${Buffer.from(bytes)}`)],
  [
    'names',
    Buffer.from('*.bücher.example:a@b//[::1]'),
    (b) => parseAlternativeName(`${Buffer.from(b)}`),
  ],
  [
    'constraints',
    Buffer.from('email:.a.example/10.0.0.0/8'),
    (b) => parseNameConstraint(`${Buffer.from(b)}`),
  ],
]

describe('changed bytes', () => {
  it.each(specimens)('of %s are read or refused, and nothing else', (_, valid, read) => {
    const draw = dice(42)
    let refused = 0
    for (let round = 0; round < 1500; round++) {
      const bytes = mutate(valid, draw)
      if (attempt(() => read(bytes)) instanceof X509Error) refused += 1
    }
    expect(refused).toBeGreaterThan(100)
  })
})

/** Whatever was thrown, if it is of the one kind that may be. */
function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (error instanceof X509Error) return error
    throw error
  }
}

function readWhole(bytes: Uint8Array): unknown {
  const certificate = parseCertificate(bytes)
  const above = { ...issuer, says: { ...issuer.says, nameConstraints: constraints } }
  const path = [certificate, above, root.certificate]
  const chain = orderChain([certificate, issuer, root.certificate])
  return [
    chain,
    pathProblems(path, { at: now }),
    rfc4514(certificate.subject),
    readableName(certificate.issuer),
  ]
}

/** mulberry32: the same numbers on every run. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** One to four changes: bytes set, cut out, put in, or copied from elsewhere. */
function mutate(valid: Uint8Array, draw: (below: number) => number): Uint8Array {
  let bytes = Buffer.from(valid)
  for (let change = draw(4); change >= 0; change--) {
    const [at, from] = [draw(bytes.length + 1), draw(bytes.length + 1)]
    const length = draw(8)
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
    const kinds = [
      () => Buffer.concat([head, Buffer.of(draw(256)), tail.subarray(1)]),
      () =>
        Buffer.concat([
          head,
          Buffer.of([0x80, 0xff, 0, 0x30, 0x84][draw(5)] ?? 0),
          tail.subarray(1),
        ]),
      () => Buffer.concat([head, tail.subarray(length)]),
      () => Buffer.concat([head, bytes.subarray(from, from + length), tail]),
      () => (draw(4) === 0 ? head : Buffer.concat([head, tail.subarray(1)])),
    ]
    bytes = kinds[draw(kinds.length)]?.() ?? bytes
  }
  return bytes
}

/** A store of one trusted certificate, with a digest that only changes spoil. */
function javaStore(der: Uint8Array): Uint8Array {
  const head = Buffer.from('feedfeed000000020000000100000002000161000000000000000000', 'hex')
  const type = Buffer.from('0005582e353039', 'hex')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(der.length)
  return Buffer.concat([head, type, length, der, Buffer.alloc(20)])
}
