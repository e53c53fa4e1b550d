// Verifies a bundle with nothing but the bundle, and, where they are known from elsewhere, the key
// that should have signed it and the secret that should have sealed it.
import { createPublicKey } from 'node:crypto'
import { type Envelope, EnvelopeFault, keyIdOf, openEnvelope } from './envelope.ts'
import { computedOf, type Graded } from './grade/submission.ts'
import { canonicalJson } from './json/canonical.ts'
import { JsonFault, type JsonObject, readJson } from './json/read.ts'
import { NoteFault } from './log/note.ts'
import { openProof } from './log/proof.ts'
import { digestIn, statementPayloadType } from './statement.ts'
import { digestOf, sealHolds } from './submission.ts'

export interface EvidenceBundle {
  content: string
  signed_hash: string
  envelope: string
  log_proof: string
  /** PEM of a SubjectPublicKeyInfo. */
  public_key: string
  verifier_key: string
}

export interface Known {
  /** Ids of keys that are trusted; none: the bundle's own key is believed, and that is told. */
  keyIds: readonly string[]
  evidenceSecret: string | null
}

export interface BundleCheck {
  check: 'content' | 'signature' | 'key' | 'log' | 'seal' | 'grade'
  /** Null: could not be checked, for want of what is named in `told`. */
  holds: boolean | null
  told: string
}

const contentBounds = { depthMax: 64, valuesMax: 5_000_000 }

/** Never throws: what is malformed is a check that does not hold. */
export function verifyBundle(bundle: EvidenceBundle, known: Known): BundleCheck[] {
  const bytes = new TextEncoder().encode(bundle.content)
  const content = contentIn(bundle.content)
  const key = rawKeyIn(bundle.public_key)
  return [
    isCanonical(bundle.content, content),
    checkKey(key, known.keyIds),
    checkSignature(bundle, { bytes, key, packId: String(content?.evidence_pack_id) }),
    checkLog(bundle, key),
    checkSeal(bundle, bytes, known.evidenceSecret),
    checkGrade(content),
  ]
}

function contentIn(text: string): JsonObject | null {
  try {
    const value = readJson(text, contentBounds)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch (error) {
    if (error instanceof JsonFault) return null
    throw error
  }
}

function isCanonical(text: string, content: JsonObject | null): BundleCheck {
  const holds = content !== null && canonicalJson(content) === text
  return said('content', holds, 'is canonical JSON', 'is not canonical JSON (RFC 8785)')
}

function checkKey(key: Uint8Array | null, keyIds: readonly string[]): BundleCheck {
  if (key === null) return said('key', false, '', 'the public key is not an Ed25519 key')
  const id = keyIdOf(key)
  if (keyIds.length === 0) {
    return { check: 'key', holds: null, told: `believed as the bundle gives it: ${id}` }
  }
  return said(
    'key',
    keyIds.includes(id),
    `is a key that you know: ${id}`,
    `is not one of yours: ${id}`,
  )
}

function checkSignature(
  bundle: EvidenceBundle,
  { bytes, key, packId }: { bytes: Uint8Array; key: Uint8Array | null; packId: string },
): BundleCheck {
  try {
    const envelope = JSON.parse(bundle.envelope) as Envelope
    const trusted = { payloadType: statementPayloadType, keys: key === null ? [] : [key] }
    const signed = digestIn(openEnvelope(envelope, trusted), packId)
    const holds = signed === digestOf(bytes)
    return said('signature', holds, 'is of this content', 'is of other content')
  } catch (error) {
    const told = error instanceof EnvelopeFault ? error.message : 'the envelope is not readable'
    return said('signature', false, '', told)
  }
}

function checkLog(bundle: EvidenceBundle, publicKey: Uint8Array | null): BundleCheck {
  try {
    const name = bundle.verifier_key.split('+')[0] ?? ''
    const keys = publicKey === null ? [] : [{ name, publicKey }]
    const entry = new TextEncoder().encode(bundle.envelope)
    const { index, checkpoint } = openProof(bundle.log_proof, entry, keys)
    const place = `is entry ${index} of ${checkpoint.size} in ${checkpoint.origin}`
    return said('log', checkpoint.origin === name, place, 'the proof is of another log')
  } catch (error) {
    if (!(error instanceof NoteFault)) throw error
    return said('log', false, '', error.message)
  }
}

function checkSeal(bundle: EvidenceBundle, bytes: Uint8Array, secret: string | null): BundleCheck {
  if (secret === null) {
    return { check: 'seal', holds: null, told: 'needs the evidence secret of the key that sent it' }
  }
  const holds = sealHolds(bytes, secret, bundle.signed_hash)
  return said('seal', holds, 'was made with this secret', 'was not made with this secret')
}

function checkGrade(content: JsonObject | null): BundleCheck {
  if (content === null || !isGraded(content)) {
    return said('grade', false, '', 'the content has no findings to grade')
  }
  const { grade, score } = computedOf(content)
  const claim = `${content.grade} with ${content.score}`
  const holds = grade === content.grade && score === content.score
  return said('grade', holds, `is ${claim}`, `claims ${claim}, but comes to ${grade} with ${score}`)
}

function isGraded(content: JsonObject): content is JsonObject & Graded {
  return Array.isArray(content.findings) && Array.isArray(content.control_results)
}

/** 32 bytes; null where it is no Ed25519 key. */
function rawKeyIn(pem: string): Uint8Array | null {
  try {
    const { crv, x } = createPublicKey(pem).export({ format: 'jwk' })
    return crv === 'Ed25519' && x !== undefined ? Buffer.from(x, 'base64url') : null
  } catch {
    return null
  }
}

function said(check: BundleCheck['check'], holds: boolean, yes: string, no: string): BundleCheck {
  return { check, holds, told: holds ? yes : no }
}
