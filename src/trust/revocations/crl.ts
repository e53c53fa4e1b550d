// Lists of revocations: kept until something was revoked or half of their time is over.
import type { Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { InternalKeys, Issuer } from '../authorities/load.ts'
import type { AuthorityRow } from '../authorities/store.ts'
import { Unreachable } from '../connectors/authority/contract.ts'
import { InternalSettings } from '../connectors/authority/internal.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { buildCrl, encodeEntry } from '../x509/crl/build.ts'
import { reasonOfCode } from '../x509/revocation.ts'
import * as store from './store.ts'

/** The root, or an intermediate by its generation. */
export type CrlIssuer = number | 'root'

export interface Crl {
  der: Buffer
  number: number
  nextUpdate: string
}

/** The list in force, made anew where that one is out of date. Runs in the authority's tenant. */
export async function currentCrl(
  trust: Trust,
  tx: Tx,
  row: AuthorityRow,
  issuer: CrlIssuer,
): Promise<Crl> {
  const place = placeOf(row, issuer)
  const { crlHours } = InternalSettings.parse(row.settings)
  const lifeMs = crlHours * 3_600_000
  const isFresh = (crl: store.CrlRow) =>
    (issuer === 'root' || crl.revocations === row.revocations) &&
    Date.parse(crl.nextUpdate) - trust.platform.now() > lifeMs / 2
  const known = await store.findCrl(tx, place)
  if (known !== null && isFresh(known)) return known
  await store.lockCrl(tx, place)
  const before = await store.findCrl(tx, place)
  if (before !== null && isFresh(before)) return before
  try {
    return await makeCrl(trust, tx, { row, place, lifeMs, number: (before?.number ?? 0) + 1 })
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    // A token that is away signs no list: the one before is believed until its end.
    const holds = before !== null && Date.parse(before.nextUpdate) > trust.platform.now()
    if (holds && before.revocations === row.revocations) return before
    throw errors.problem('authority_unavailable', { cause: error })
  }
}

function placeOf({ organizationId, id }: AuthorityRow, issuer: CrlIssuer): store.CrlPlace {
  return issuer === 'root'
    ? { organizationId, id, issuer, generation: 1 }
    : { organizationId, id, issuer: 'intermediate', generation: issuer }
}

async function makeCrl(
  trust: Trust,
  tx: Tx,
  wanted: { row: AuthorityRow; place: store.CrlPlace; lifeMs: number; number: number },
): Promise<Crl> {
  const { row, place, number } = wanted
  const keys = await trust.authorities.keys(tx, row)
  const thisUpdate = new Date(Math.floor(trust.platform.now() / 1_000) * 1_000)
  const nextUpdate = new Date(thisUpdate.getTime() + wanted.lifeMs)
  const contents = { number, thisUpdate, nextUpdate, entries: await entriesOf(tx, place) }
  const signer = place.issuer === 'root' ? keys.root : issuerOf(keys, place.generation)
  const der = Buffer.from(await buildCrl(contents, signer))
  const { revocations } = row
  await store.saveCrl(tx, place, { number, revocations, der, thisUpdate, nextUpdate })
  return { der, number, nextUpdate: nextUpdate.toISOString() }
}

/** Throws 404: there is no such intermediate. */
export function issuerOf({ issuers }: InternalKeys, wanted: number): Issuer {
  const found = issuers.find(({ generation }) => generation === wanted)
  if (found === undefined) throw common.problem('not_found')
  return found
}

/** The root signed nothing but its intermediates, which stand as long as the authority does. */
async function entriesOf(tx: Tx, place: store.CrlPlace): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = []
  if (place.issuer === 'root') return entries
  for await (const rows of store.revoked(tx, place)) {
    for (const { serial, revokedAt, reason } of rows) {
      const revocation = { at: new Date(revokedAt * 1_000), reason: reasonOfCode(reason) }
      entries.push(encodeEntry(serial, revocation))
    }
  }
  return entries
}
