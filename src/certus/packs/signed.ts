// The statement that is signed of a pack: whatever is ever shown of it stands there, or its digest
// does, so that a changed column is found by comparing the row with what was signed.
import { sha256 } from '../seal/crypto.ts'
import { canonicalJson } from '../seal/json/canonical.ts'
import type { Json } from '../seal/json/read.ts'
import { statementOf } from '../seal/statement.ts'
import type { Facts } from './facts.ts'

type Long = 'control_results' | 'weaknesses'

/** Of a pack's row, without what is too long for a list. */
export interface Shown extends Omit<Facts, Long> {
  scan_id: string
  key_id: string
  signed_hash: string
  digest: Buffer
  /** RFC 3339 in UTC, milliseconds. */
  stored_at: string
}

/** Lower-case hex SHA-256 of each one's canonical JSON. */
export type Digests = Record<Long, string>

export function digestsOf({ control_results, weaknesses }: Pick<Facts, Long>): Digests {
  return { control_results: digestOf(control_results), weaknesses: digestOf(weaknesses) }
}

export function statementOfPack(pack: Shown, digests: Digests): Uint8Array {
  const { repository, commit, id: packId } = pack
  return statementOf({
    packId,
    digest: pack.digest.toString('hex'),
    repository,
    commit,
    predicate: {
      scan_id: pack.scan_id,
      branch: pack.branch,
      pull_request: pack.pull_request,
      scanned_at: pack.scanned_at,
      stored_at: pack.stored_at,
      seal: { key_id: pack.key_id, signed_hash: pack.signed_hash },
      claimed: { grade: pack.claimed_grade, score: pack.claimed_score },
      computed: { ...pack.computed },
      grade: pack.grade,
      findings: { ...pack.severities },
      controls: { ...pack.controls },
      frameworks: pack.frameworks,
      sha256: { ...digests },
    },
  })
}

interface Statement {
  subject: Json
  predicate: { [name: string]: Json } & { sha256: Digests }
}

/**
 * The fields of which the row says something else than the signed statement, by their names in it.
 *
 * @param signed opened: its signature holds
 * @param digests of the row's long fields; null where they were not read and are not shown
 */
export function differencesOf(signed: Uint8Array, pack: Shown, digests: Digests | null): string[] {
  const said = statementIn(() => signed)
  if (said === null) return ['statement']
  // A damaged column may hold what no statement can.
  const own = statementIn(() => statementOfPack(pack, digests ?? said.predicate.sha256))
  if (own === null) return ['row']
  const names = new Set([...Object.keys(said.predicate), ...Object.keys(own.predicate)])
  const different = [...names].filter((name) => {
    return !isSame(said.predicate[name], own.predicate[name])
  })
  return isSame(said.subject, own.subject) ? different : ['subject', ...different]
}

function statementIn(bytes: () => Uint8Array): Statement | null {
  try {
    const { subject, predicate } = JSON.parse(new TextDecoder().decode(bytes()))
    return typeof predicate === 'object' && predicate !== null ? { subject, predicate } : null
  } catch {
    return null
  }
}

function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null)
}

function digestOf(value: object): string {
  const bytes = new TextEncoder().encode(canonicalJson(value as Json))
  return Buffer.from(sha256(bytes)).toString('hex')
}
