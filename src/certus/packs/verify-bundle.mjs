// Verifies one evidence bundle. It needs Node 18 or later and nothing else: read it, then run it.
//
//     node verify.mjs bundle.json [KEYID]
//
// KEYID is the signing key's id as you learned it from someone else than the one who brought the
// bundle; without it the bundle's own key is believed, and anybody can make one. This script comes
// with the bundle, too: `panthera evidence verify` is the same from another hand. With
// PANTHERA_EVIDENCE_SECRET set, the sender's seal is checked, too.
// It exits with 0 where everything holds, with 1 where something does not.
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [file, knownKeyId] = process.argv.slice(2)
if (file === undefined) {
  console.error('usage: node verify.mjs bundle.json [KEYID]')
  process.exit(2)
}
const bundle = JSON.parse(readFileSync(file, 'utf8'))
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
const same = (a, b) => a !== undefined && canonical(a) === canonical(b)
let failed = false

/** A check that throws does not hold. */
function check(what, told, holds) {
  let result = false
  try {
    result = holds()
  } catch {}
  failed ||= result === false
  const word = result === null ? 'open ' : result ? 'holds' : 'FAILS'
  console.log(`${what.padEnd(10)} ${word}  ${told}`)
}

/** RFC 8785. */
function canonical(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

/** Base64 in its one form. */
function decode(text) {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new Error('not base64')
  return bytes
}

/** What is no JSON has nothing in it. */
function parse(text) {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

// 1. The content. One form only, so that no second meaning hides in it.
const content = parse(bundle.content)
const digest = sha256(Buffer.from(bundle.content)).toString('hex')
check('content', `sha256 ${digest}`, () => canonical(content) === bundle.content)

// 2. The key. Whoever gave you the bundle may have made it up: compare its id.
const key = createPublicKey(bundle.public_key)
const keyId = sha256(key.export({ format: 'der', type: 'spki' })).toString('hex')
check('key', keyId, () => {
  if (key.export({ format: 'pem', type: 'spki' }) !== bundle.public_key) return false
  return knownKeyId === undefined ? null : knownKeyId === keyId
})

// 3. The signature: DSSE signs type and payload, each behind its length.
const envelope = parse(bundle.envelope)
check('signature', 'of the statement, by that key', () => {
  const { payload, payloadType, signatures } = envelope
  const bytes = decode(payload)
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `
  const own = signatures.filter(({ keyid }) => keyid === keyId)
  return (
    canonical(envelope) === bundle.envelope &&
    payloadType === 'application/vnd.in-toto+json' &&
    own.some(({ sig }) => verify(null, Buffer.concat([Buffer.from(head), bytes]), key, decode(sig)))
  )
})

// 4. The statement says what the content says, and no more than it comes to.
check('statement', 'is about this content and this seal', () => {
  const { _type, predicateType, subject, predicate } = JSON.parse(decode(envelope.payload))
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 }
  for (const { severity } of content.findings) counts[severity] += 1
  return (
    _type === 'https://in-toto.io/Statement/v1' &&
    predicateType === 'urn:panthera:evidence-pack:1' &&
    same(subject, [
      { name: content.evidence_pack_id, digest: { sha256: digest } },
      { name: content.repo_slug, digest: { gitCommit: content.commit_hash } },
    ]) &&
    predicate.branch === content.branch &&
    predicate.pull_request === (content.pull_request ?? null) &&
    predicate.seal.signed_hash === bundle.signed_hash &&
    same(predicate.claimed, { grade: content.grade, score: content.score }) &&
    same(predicate.findings, counts)
  )
})

// 5. The log: the envelope is an entry, and the path leads from it to the signed root (RFC 9162).
const [proof, note, ...lines] = bundle.log_proof.split('\n\n')
const [format, indexLine, ...path] = proof.split('\n')
const [origin, sizeText, root, ...more] = note.split('\n')
check('log', `${indexLine} of ${sizeText} in ${origin}`, () => {
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(indexLine)
  const [size] = /^(?:0|[1-9]\d{0,15})$/.exec(sizeText)
  let node = Number(index)
  let last = Number(size) - 1
  if (format !== 'c2sp.org/tlog-proof@v1' || node > last || more.length > 0) return false
  let hash = sha256(Buffer.of(0), Buffer.from(bundle.envelope))
  for (const line of path) {
    const sibling = decode(line)
    if (sibling.length !== 32 || last === 0) return false
    const isRight = node % 2 === 1 || node === last
    hash = isRight ? sha256(Buffer.of(1), sibling, hash) : sha256(Buffer.of(1), hash, sibling)
    while (isRight && node % 2 === 0 && node !== 0) {
      node = Math.floor(node / 2)
      last = Math.floor(last / 2)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && hash.toString('base64') === root
})

// 6. The checkpoint: a signed note, whose signatures begin with four bytes that name their key.
check('checkpoint', 'is signed by that key', () => {
  const raw = Buffer.from(key.export({ format: 'jwk' }).x, 'base64url')
  const id = sha256(Buffer.from(`${origin}\n`), Buffer.of(1), raw).subarray(0, 4)
  const typed = Buffer.concat([Buffer.of(1), raw]).toString('base64')
  const name = `${origin}+${id.toString('hex')}+${typed}`
  if (lines.length !== 1 || !lines[0].endsWith('\n') || bundle.verifier_key !== name) return false
  const signatures = lines[0].slice(0, -1).split('\n')
  const blobs = signatures.map((line) => /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line))
  // Witnesses, whom this script does not know, may have signed, too.
  const own = blobs.filter(([, by, blob]) => {
    return by === origin && decode(blob).subarray(0, 4).equals(id)
  })
  const text = Buffer.from(`${note}\n`)
  const holds = ([, , blob]) => verify(null, text, key, decode(blob).subarray(4))
  return blobs.every(([, , blob]) => decode(blob)) && own.length > 0 && own.every(holds)
})

// 7. The seal: only the sender and the server know the secret.
const secret = process.env.PANTHERA_EVIDENCE_SECRET
check('seal', 'of the sender; needs the secret', () => {
  const seal = () => createHmac('sha256', secret).update(bundle.content).digest('hex')
  return secret ? seal() === bundle.signed_hash : null
})

const vouched = 'Nothing was changed since the server signed it.'
const unvouched = 'Consistent in itself. Nobody has vouched for the key: give its id as KEYID.'
console.log(`\n${failed ? 'This is not what was stored.' : knownKeyId ? vouched : unvouched}`)
process.exitCode = failed ? 1 : 0
