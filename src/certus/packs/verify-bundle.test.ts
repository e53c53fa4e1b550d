// Both verifiers, the heart and the one file that goes along with a bundle, over one table of
// changes: none may pass what the other finds.
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type EvidenceBundle, verifyBundle } from '../seal/bundle.ts'
import { type Envelope, keyIdOf, signEnvelope } from '../seal/envelope.ts'
import { computedOf, countsOf, type Graded } from '../seal/grade/submission.ts'
import { canonicalJson } from '../seal/json/canonical.ts'
import { type JsonObject, readJson } from '../seal/json/read.ts'
import { leafHash } from '../seal/log/hash.ts'
import { signCheckpoint, verifierKey } from '../seal/log/note.ts'
import { proofText } from '../seal/log/proof.ts'
import { appended, inclusionPath, rootAt } from '../seal/log/tiles.ts'
import { statementOf, statementPayloadType } from '../seal/statement.ts'
import { digestOf, sealedBytes, sealOf } from '../seal/submission.ts'

const secret = 'es_made-up'
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
const name = 'panthera.example/certus/log/1'
const signer = {
  name,
  publicKey: raw,
  sign: (message: Uint8Array) => sign(null, message, privateKey),
}
const pack = {
  repo_slug: 'acme/shop',
  commit_hash: 'a'.repeat(40),
  branch: 'main',
  findings: [{ fingerprint: 'f', title: 'T', severity: 'high' }],
  control_results: [],
  grade: 'B',
  score: 80,
  evidence_pack_id: 'pack-1',
}

interface Made {
  content?: object
  predicate?: object
  signer?: typeof signer
}

async function bundleOf({ content = pack, predicate = {} }: Made = {}): Promise<EvidenceBundle> {
  const bounds = { depthMax: 9, valuesMax: 999 }
  const submission = readJson(JSON.stringify(content), bounds) as JsonObject
  const sealed = sealedBytes(submission)
  const signed_hash = sealOf(sealed, secret)
  const graded = submission as unknown as Graded
  const statement = statementOf({
    packId: String(submission.evidence_pack_id),
    digest: digestOf(sealed),
    repository: String(submission.repo_slug),
    commit: String(submission.commit_hash),
    predicate: {
      branch: submission.branch ?? null,
      pull_request: submission.pull_request ?? null,
      seal: { key_id: 'key_1', signed_hash },
      claimed: { grade: submission.grade ?? null, score: submission.score ?? null },
      computed: { ...computedOf(graded) },
      findings: countsOf(graded),
      ...predicate,
    },
  })
  const envelope = canonicalJson({ ...signEnvelope(statement, statementPayloadType, signer) })
  const tiles = new Map<string, Uint8Array>()
  const read = async ({ level, index }: { level: number; index: number }) =>
    tiles.get(`${level}/${index}`) ?? new Uint8Array()
  const entries = ['one', 'two', envelope, 'four', 'five']
  const leaves = entries.map((entry) => leafHash(Buffer.from(entry)))
  for (const tile of await appended(read, 0, leaves)) {
    tiles.set(`${tile.level}/${tile.index}`, tile.hashes)
  }
  const root = await rootAt(read, 5)
  const note = signCheckpoint({ origin: name, size: 5, root }, signer)
  return {
    content: Buffer.from(sealed).toString(),
    signed_hash,
    envelope,
    log_proof: proofText(2, await inclusionPath(read, 2, 5), note),
    public_key: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    verifier_key: verifierKey(signer),
  }
}

describe('a bundle', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'panthera-verify-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const whole = await bundleOf()
  const keyId = keyIdOf(raw)

  const script = (bundle: EvidenceBundle, withSecret = false) => {
    writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle))
    const verifier = join(import.meta.dirname, 'verify-bundle.mjs')
    const ran = spawnSync(process.execPath, [verifier, join(folder, 'bundle.json'), keyId], {
      encoding: 'utf8',
      env: withSecret ? { PANTHERA_EVIDENCE_SECRET: secret } : {},
    })
    expect(ran.stderr).toBe('')
    return ran.status === 0
  }
  const heart = (bundle: EvidenceBundle, withSecret = false) =>
    verifyBundle(bundle, {
      keyIds: [keyId],
      evidenceSecret: withSecret ? secret : null,
    }).every(({ holds }) => holds !== false)

  it('that nobody changed holds for both, with the secret and without', () => {
    expect([heart(whole), script(whole)]).toEqual([true, true])
    expect([heart(whole, true), script(whole, true)]).toEqual([true, true])
  })

  it('whose claim is not what it comes to holds, and the difference is told', async () => {
    const bundle = await bundleOf({ content: { ...pack, grade: 'A', score: 100 } })
    expect([heart(bundle), script(bundle)]).toEqual([true, true])
    const known = { keyIds: [keyId], evidenceSecret: null }
    expect(verifyBundle(bundle, known)).toContainEqual({
      check: 'grade',
      holds: null,
      told: 'claimed A with 100, comes to B with 80',
    })
  })

  const proof = (change: (text: string) => string) => ({ log_proof: change(whole.log_proof) })
  const envelope = JSON.parse(whole.envelope) as Envelope
  const [sig] = envelope.signatures
  it.each<[string, Partial<EvidenceBundle>]>([
    ['other content', { content: whole.content.replace('acme/shop', 'acme/shoq') }],
    ['a space in it', { content: `${whole.content} ` }],
    ['a name twice', { content: whole.content.replace('{', '{"branch":"x",') }],
    ['no JSON', { content: '{' }],
    [
      'another seal',
      { signed_hash: whole.signed_hash.replace(/./, (c) => (c === '0' ? '1' : '0')) },
    ],
    ['a space in the envelope', { envelope: `${whole.envelope} ` }],
    ['another type', { envelope: whole.envelope.replace('in-toto+json', 'in-toto+jsom') }],
    ['no envelope', { envelope: 'null' }],
    ['no signature', { envelope: canonicalJson({ ...envelope, signatures: [] }) }],
    [
      'one more',
      { envelope: canonicalJson({ ...envelope, signatures: [sig, sig].flatMap((s) => s ?? []) }) },
    ],
    ['another key', { public_key: otherKey() }],
    ['text behind the key', { public_key: `${whole.public_key}x` }],
    ['another log', { verifier_key: whole.verifier_key.replace('log/1', 'log/2') }],
    ['another id of the key', { verifier_key: whole.verifier_key.replace(/\+./, '+z') }],
    ['another index', proof((text) => text.replace('index 2', 'index 3'))],
    ['an index beyond', proof((text) => text.replace('index 2', 'index 7'))],
    ['no index', proof((text) => text.replace('index 2', 'index whatever'))],
    ['a hexadecimal index', proof((text) => text.replace('index 2', 'index 0x2'))],
    ['junk in the path', proof((text) => text.replace(/(index 2\n.{20})/, '$1!'))],
    ['another size', proof((text) => text.replace('\n5\n', '\n6\n'))],
    ['an extension line', proof((text) => text.replace('\n5\n', '\n5\nx\n'))],
    [
      'another name of the key',
      proof((text) => text.replace(/— .{6}/, (c) => `${c.slice(0, -1)}x`)),
    ],
    ['other bytes before the signature', proof((text) => text.replace(/(— \S+ ).{4}/, '$1AAAA'))],
    ['junk behind the signature', proof((text) => text.replace(/\n$/, 'A\n'))],
    ['a line behind it', proof((text) => `${text}This was approved.\n`)],
    [
      'a second, bad signature',
      proof(
        (text) => text + (text.split('\n').at(-2) ?? '').replace(/.{6}$/, 'AAAA==').concat('\n'),
      ),
    ],
    ['no newline at the end', proof((text) => text.slice(0, -1))],
    ['another format', proof((text) => text.replace('@v1', '@v2'))],
  ])('is refused by both with %s', (_, change) => {
    const bundle = { ...whole, ...change }
    expect([heart(bundle), script(bundle)]).toEqual([false, false])
  })

  it.each<[string, object]>([
    ['another branch', { branch: 'release' }],
    ['another claim', { claimed: { grade: 'A', score: 99 } }],
    ['other counts', { findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 } }],
    ['another seal', { seal: { signed_hash: '0'.repeat(64) } }],
    ['no pull request', { pull_request: 7 }],
  ])('is refused by both where the server signed %s', async (_, predicate) => {
    const bundle = await bundleOf({ predicate })
    expect([heart(bundle), script(bundle)]).toEqual([false, false])
  })
})

it.each([
  [process.execPath, 'verify-bundle.mjs'],
  ['sh', 'verify-signature.sh'],
])('%s %s says how it is called where nothing was named', (program, name) => {
  const ran = spawnSync(program, [join(import.meta.dirname, name)], { encoding: 'utf8' })
  expect([ran.status, ran.stderr]).toEqual([
    2,
    expect.stringMatching(/^usage: .*bundle\.json.*\n$/),
  ])
})

function otherKey(): string {
  const { publicKey: other } = generateKeyPairSync('ed25519')
  return other.export({ format: 'pem', type: 'spki' }).toString()
}
