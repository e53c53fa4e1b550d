// What the platform's own records come to for the proofs that controls ask for. No record is no
// proof: nothing is good because nothing is told.
import type { Tx } from '../../platform/db.ts'
import type { Proof } from '../seal/controls/framework.ts'
import { type FactKind, type FactSum, sums } from './store.ts'

export interface ProofRecord {
  /** `none`: nothing is known. */
  state: 'good' | 'warning' | 'bad' | 'none'
  told: string
  /** Of the oldest fact that it rests on. */
  fresh_as_of: string | null
}

/** A register or log of which nothing was heard for as long is no proof of today. */
const freshDays = 90
const dayMs = 86_400_000

/** By the name of the proof; without those that rest on packs. */
export async function recordsOf(
  tx: Tx,
  organizationId: string,
  { proofs, now }: { proofs: ReadonlyMap<string, Proof>; now: Date },
): Promise<Map<string, ProofRecord>> {
  const all = await sums(tx, organizationId, now)
  return new Map(
    [...proofs].flatMap(([name, { records }]) => {
      const kind = records.find((one): one is FactKind => one !== 'packs')
      return kind === undefined ? [] : [[name, recordOf(kind, all, now)] as const]
    }),
  )
}

/** Exported for its tests. */
export function recordOf(kind: FactKind, all: readonly FactSum[], now: Date): ProofRecord {
  const own = all.filter((sum) => sum.kind === kind)
  if (own.length === 0) return { state: 'none', told: nothing[kind], fresh_as_of: null }
  const oldest = own.map(({ oldest }) => oldest).sort()[0] ?? null
  const worst = (['bad', 'warning', 'good'] as const).find((state) => {
    return own.some((sum) => sum.state === state)
  })
  const told = own
    .filter(({ state }) => state === worst)
    .map(({ count, named }) => {
      const more = count > named.length ? ` and ${count - named.length} more` : ''
      return `${named.join('; ')}${more}`
    })
    .join('; ')
  const found: ProofRecord = { state: worst ?? 'none', told, fresh_as_of: oldest }
  // Certificates tell themselves until when they are good.
  if (worst !== 'good' || kind === 'certificates') return found
  const missing = missingOf(kind, own)
  if (missing !== null) return { ...found, state: 'warning', told: `${told}; ${missing}` }
  // Policies are as good as they are old; what shows that they are used is their log.
  const heard = kind === 'decisions' ? loggedAt(own) : oldest
  const isStale = isOlder(heard, now)
  return isStale ? { ...found, state: 'warning', told: `${told}; nothing since ${heard}` } : found
}

const nothing: Record<FactKind, string> = {
  certificates: 'no certificate is known',
  decisions: 'no policy is active',
  identity: 'no people and no keys are registered',
  audit: 'the audit chain was not signed yet',
}

/** Policies are worth something where decisions follow them, and the other way round. */
function missingOf(kind: FactKind, own: readonly FactSum[]): string | null {
  if (kind !== 'decisions') return null
  if (loggedAt(own) === null) return 'no decision is recorded'
  const policies = own.reduce((sum, { count }) => sum + count, 0) - 1
  return policies === 0 ? 'no policy is active' : null
}

function loggedAt(own: readonly FactSum[]): string | null {
  return own.find((sum) => sum.loggedAt !== null)?.loggedAt ?? null
}

function isOlder(time: string | null, now: Date): boolean {
  return time !== null && now.getTime() - Date.parse(time) > freshDays * dayMs
}
