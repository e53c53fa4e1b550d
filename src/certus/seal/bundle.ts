// Verifies a bundle with nothing but the bundle, and, where they are known from elsewhere, the key
// that should have signed it and the secret that should have sealed it.
import { createPublicKey } from 'node:crypto'
import { type Envelope, EnvelopeFault, keyIdOf, openEnvelope } from './envelope.ts'
import { computedOf } from './grade/submission.ts'
import { canonicalJson } from './json/canonical.ts'
import { JsonFault, type JsonObject, readJson } from './json/read.ts'
import { NoteFault, verifierKey } from './log/note.ts'
import { openProof } from './log/proof.ts'
import { statementPayloadType } from './statement.ts'
import { isGraded, statementFaults } from './statement-check.ts'
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
  check: 'content' | 'key' | 'signature' | 'log' | 'seal' | 'grade'
  /** Null: open, for the reason told; nothing was found to be wrong. */
  holds: boolean | null
  told: string
}

const contentBounds = { depthMax: 64, valuesMax: 5_000_000 }

/** Never throws: what is malformed is a check that does not hold. */
export function verifyBundle(bundle: EvidenceBundle, known: Known): BundleCheck[] {
  const bytes = new TextEncoder().encode(bundle.content)
  const content = objectIn(bundle.content)
  const key = rawKeyIn(bundle.public_key)
  return [
    checkContent(bundle.content, content),
    checkKey(key, known.keyIds),
    checkSignature(bundle, { content, digest: digestOf(bytes), key }),
    checkLog(bundle, key),
    checkSeal(bundle, bytes, known.evidenceSecret),
    checkGrade(content),
  ]
}

function objectIn(text: string): JsonObject | null {
  try {
    const value = readJson(text, contentBounds)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch (error) {
    if (error instanceof JsonFault) return null
    throw error
  }
}

function checkContent(text: string, content: JsonObject | null): BundleCheck {
  const holds = content !== null && canonicalJson(content) === text
  return said('content', holds, 'is canonical JSON', 'is not canonical JSON (RFC 8785)')
}

function checkKey(key: Uint8Array | null, keyIds: readonly string[]): BundleCheck {
  if (key === null) return said('key', false, '', 'the public key is not an Ed25519 key')
  const id = keyIdOf(key)
  if (keyIds.length === 0) {
    return { check: 'key', holds: null, told: `nobody has vouched for it here: ${id}` }
  }
  const known = keyIds.includes(id)
  return said('key', known, `is one that you know: ${id}`, `is none that you know: ${id}`)
}

function checkSignature(
  bundle: EvidenceBundle,
  about: { content: JsonObject | null; digest: string; key: Uint8Array | null },
): BundleCheck {
  const { content, digest, key } = about
  if (content === null) return said('signature', false, '', 'there is no content to be about')
  const envelope = objectIn(bundle.envelope)
  if (envelope === null || canonicalJson(envelope) !== bundle.envelope || !isEnvelope(envelope)) {
    return said('signature', false, '', 'the envelope is not readable')
  }
  try {
    const trusted = { payloadType: statementPayloadType, keys: key === null ? [] : [key] }
    const statement = openEnvelope(envelope, trusted)
    const signedHash = bundle.signed_hash
    const faults = statementFaults(statement, { content, digest, signedHash })
    const told = `the signed statement says otherwise of ${faults.join(', ')}`
    return said('signature', faults.length === 0, 'is of this content and this seal', told)
  } catch (error) {
    if (!(error instanceof EnvelopeFault)) throw error
    return said('signature', false, '', error.message)
  }
}

function isEnvelope(value: object): value is Envelope {
  const { payload, payloadType, signatures } = value as Record<string, unknown>
  return (
    typeof payload === 'string' &&
    typeof payloadType === 'string' &&
    Array.isArray(signatures) &&
    signatures.every((one) => typeof one?.keyid === 'string' && typeof one?.sig === 'string')
  )
}

function checkLog(bundle: EvidenceBundle, publicKey: Uint8Array | null): BundleCheck {
  if (publicKey === null) return said('log', false, '', 'there is no key to check it with')
  const name = bundle.verifier_key.split('+')[0] ?? ''
  if (verifierKey({ name, publicKey }) !== bundle.verifier_key) {
    return said('log', false, '', 'verifier_key is not of the public key')
  }
  try {
    const entry = new TextEncoder().encode(bundle.envelope)
    const { index, checkpoint } = openProof(bundle.log_proof, entry, [{ name, publicKey }])
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

/** A claim that is not what the content comes to is told, and changes nothing about the bundle. */
function checkGrade(content: JsonObject | null): BundleCheck {
  if (content === null || !isGraded(content)) {
    return said('grade', false, '', 'the content cannot be graded')
  }
  const { grade, score } = computedOf(content)
  const claim = `${content.grade} with ${content.score}`
  if (grade === content.grade && score === content.score) return said('grade', true, claim, '')
  return { check: 'grade', holds: null, told: `claimed ${claim}, comes to ${grade} with ${score}` }
}

/** 32 bytes; null where it is no Ed25519 key in the one form that is given out. */
function rawKeyIn(pem: string): Uint8Array | null {
  try {
    const key = createPublicKey(pem)
    if (key.export({ format: 'pem', type: 'spki' }) !== pem) return null
    const { crv, x } = key.export({ format: 'jwk' })
    return crv === 'Ed25519' && x !== undefined ? Buffer.from(x, 'base64url') : null
  } catch {
    return null
  }
}

function said(check: BundleCheck['check'], holds: boolean, yes: string, no: string): BundleCheck {
  return { check, holds, told: holds ? yes : no }
}
