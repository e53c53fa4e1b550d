// What is signed of a pack: an in-toto statement (in-toto attestation framework, Statement v1)
// about the sealed content and the commit that it speaks of.
import { canonicalJson } from './json/canonical.ts'
import type { JsonObject } from './json/read.ts'

export const statementPayloadType = 'application/vnd.in-toto+json'
export const statementType = 'https://in-toto.io/Statement/v1'
export const predicateType = 'urn:panthera:evidence-pack:1'

export interface About {
  packId: string
  /** SHA-256 of the sealed bytes, hex. */
  digest: string
  repository: string
  /** 40 or 64 hex digits. */
  commit: string
  predicate: JsonObject
}

/** The statement's bytes, the same for the same facts. */
export function statementOf({ packId, digest, repository, commit, predicate }: About): Uint8Array {
  const text = canonicalJson({
    _type: statementType,
    subject: [
      { name: packId, digest: { sha256: digest } },
      { name: repository, digest: { gitCommit: commit } },
    ],
    predicateType,
    predicate,
  })
  return new TextEncoder().encode(text)
}
