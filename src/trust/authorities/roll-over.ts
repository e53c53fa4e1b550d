// Gives an internal authority its next intermediate. The one before goes on answering for what it
// signed, and nobody has to trust anything new: the root is the same.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Platform } from '../../platform/platform.ts'
import { Unreachable } from '../connectors/authority/contract.ts'
import { InternalSettings } from '../connectors/authority/internal.ts'
import { errors } from '../errors.ts'
import { X509Error } from '../x509/error.ts'
import { entry, insertCertificate, oneAtATime } from './create.ts'
import { keyMaker } from './keys.ts'
import { type Authorities, type InternalKeys, pointersTo } from './load.ts'
import { type MadeCertificate, makeIntermediate } from './make.ts'
import { wholeSettings } from './sealed-settings.ts'
import type { AuthorityRow } from './store.ts'

export async function rollOver(
  platform: Platform,
  authorities: Authorities,
  origin: Origin,
  row: AuthorityRow,
): Promise<void> {
  const { organizationId } = row
  if (row.type !== 'internal') throw refusal(`an authority of type ${row.type} signs elsewhere`)
  const { db } = platform
  const fresh = { fresh: true }
  const before = await db.inTenant(organizationId, (tx) => authorities.keys(tx, row, fresh))
  const made = await make(platform, row, before)
  await db.inTenant(organizationId, async (tx) => {
    await oneAtATime(tx, organizationId)
    const { issuer } = await authorities.keys(tx, row, fresh)
    if (issuer.generation !== before.issuer.generation) {
      throw refusal('somebody else has given it a new issuer meanwhile')
    }
    await insertCertificate(platform, tx, row, made)
    const { generation, certificate } = made
    const { serialNumber } = certificate
    const told = { generation, serialNumber, validTo: certificate.validTo.toISOString() }
    await appendAudit(tx, origin, entry('certificate_authority.rolled_over', row, told))
  })
  await db.inTenant(organizationId, (tx) => authorities.keys(tx, row, fresh))
}

/** The key is made and the root signs before the transaction: on a token both take time. */
async function make(
  platform: Platform,
  row: AuthorityRow,
  { issuer, root }: InternalKeys,
): Promise<MadeCertificate> {
  const settings = InternalSettings.parse(wholeSettings(platform.secrets, row))
  const rootPointers = pointersTo(platform.config.publicUrl, { ...row, settings }, 'root')
  const makeKey = keyMaker(platform, row.organizationId, settings.keys)
  const { name } = row
  const wanted = { name, settings, generation: issuer.generation + 1 }
  try {
    return await makeIntermediate(wanted, root, { now: platform.now(), rootPointers, makeKey })
  } catch (error) {
    if (error instanceof X509Error) throw refusal(error.message)
    if (!(error instanceof Unreachable)) throw error
    throw errors.problem('authority_unavailable', { message: error.message, cause: error })
  }
}

function refusal(reason: string) {
  return errors.problem('rollover_not_possible', { details: { reason } })
}
