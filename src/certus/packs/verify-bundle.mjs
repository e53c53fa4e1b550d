// Verifies one evidence bundle. It needs Node 18 or later and nothing else: read it, then run it.
//
//     node verify.mjs bundle.json [KEYID]
//
// KEYID is the signing key's id as you learned it elsewhere; without it the bundle's own key is
// believed. With PANTHERA_EVIDENCE_SECRET set, the sender's seal is checked, too.
// It exits with 0 where everything holds, with 1 where something does not.
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [file, knownKeyId] = process.argv.slice(2)
const bundle = JSON.parse(readFileSync(file, 'utf8'))
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
const key = createPublicKey(bundle.public_key)
const spki = key.export({ format: 'der', type: 'spki' })
const keyId = sha256(spki).toString('hex')
const content = Buffer.from(bundle.content)
const envelope = JSON.parse(bundle.envelope)
const payload = Buffer.from(envelope.payload, 'base64')
let failed = false

function say(what, holds, told) {
  failed ||= holds === false
  console.log(`${what.padEnd(10)} ${{ true: 'holds', false: 'FAILS' }[holds] ?? 'open '}  ${told}`)
}

// 1. The key. Whoever gave you the bundle may have made it up: compare its id.
say('key', knownKeyId === undefined ? null : knownKeyId === keyId, keyId)

// 2. The signature: DSSE signs type and payload, each behind its length.
const { payloadType, signatures } = envelope
const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `
const signed = Buffer.concat([Buffer.from(head), payload])
const own = signatures.find(({ keyid }) => keyid === keyId)
const signature = own && verify(null, signed, key, Buffer.from(own.sig, 'base64'))
say('signature', signature === true, 'of the statement, by that key')

// 3. The content: the statement names its SHA-256.
const { evidence_pack_id: id } = JSON.parse(bundle.content)
const subject = JSON.parse(payload).subject.find(({ name }) => name === id)
const digest = sha256(content).toString('hex')
say('content', subject?.digest?.sha256 === digest, `is what was signed: sha256 ${digest}`)

// 4. The log: the envelope is an entry, and the path leads from it to the signed root (RFC 9162).
const [proof, note, ...lines] = bundle.log_proof.split('\n\n')
const [format, indexLine, ...path] = proof.split('\n')
const [origin, sizeText, root] = note.split('\n')
const size = Number(sizeText)
let node = Number(indexLine.replace('index ', ''))
let last = size - 1
let hash = sha256(Buffer.of(0), Buffer.from(bundle.envelope))
for (const line of path) {
  const sibling = Buffer.from(line, 'base64')
  const isRight = node % 2 === 1 || node === last
  hash = isRight ? sha256(Buffer.of(1), sibling, hash) : sha256(Buffer.of(1), hash, sibling)
  while (isRight && node % 2 === 0 && node !== 0) {
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  node = Math.floor(node / 2)
  last = Math.floor(last / 2)
}
const reached = last === 0 && hash.toString('base64') === root
const isProof = format === 'c2sp.org/tlog-proof@v1' && lines.length === 1
say('log', isProof && reached, `${indexLine} of ${size} in ${origin}`)

// 5. The checkpoint: a signed note; the first four bytes of a signature only name its key.
const sig = lines[0]?.split('\n').find((line) => line.startsWith(`— ${origin} `))
const blob = Buffer.from(sig?.split(' ')[2] ?? '', 'base64').subarray(4)
say('checkpoint', verify(null, Buffer.from(`${note}\n`), key, blob), 'is signed by that key')

// 6. The seal: only the sender and the server know the secret.
const secret = process.env.PANTHERA_EVIDENCE_SECRET
const seal = secret && createHmac('sha256', secret).update(content).digest('hex')
say('seal', secret ? seal === bundle.signed_hash : null, 'of the sender; needs the secret')

console.log(failed ? '\nThis is not what was stored.' : '\nNothing was changed.')
process.exitCode = failed ? 1 : 0
