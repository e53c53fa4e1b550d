// Starts scans: whose organization, which repository, and whether the provider is open here.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { repositoryPlace } from '../repositories/place.ts'
import * as repositories from '../repositories/store.ts'
import type { CreateScan, Scan } from './schema.ts'
import * as store from './store.ts'

export const platformTool = 'panthera'

export async function createScan(
  platform: Platform,
  origin: Origin,
  wanted: CreateScan,
): Promise<Scan> {
  requireOrganization(origin.caller, wanted.organization_id)
  if (wanted.scan_type === 'cloud') {
    throw errors.problem('not_available', { details: { field: 'scan_type' } })
  }
  if (wanted.base !== undefined && wanted.base === wanted.branch) {
    throw invalidField('base', 'must differ from branch')
  }
  const place = repositoryPlace(platform.config, wanted)
  const { organizationId } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const repositoryId = await repositories.ensure(tx, organizationId, place)
    const scan = await store.insert(tx, {
      organizationId,
      id: uuid7(),
      repositoryId,
      source: 'platform',
      branch: wanted.branch ?? null,
      commit: wanted.commit ?? null,
      base: wanted.base ?? null,
      config: wanted.scan_config,
      artefact: null,
      tool: platformTool,
      createdBy: origin.caller.actor.id,
    })
    await appendAudit(tx, origin, {
      action: 'scan.created',
      objectType: 'scan',
      objectId: scan.scan_id,
      details: { provider: place.provider, owner: place.owner, repo_name: place.name },
    })
    return scan
  })
}

/** Another tenant's organization answers as one that does not exist. */
export function requireOrganization(caller: Caller, organizationId: string): void {
  const same = caller.organizationId === organizationId.toLowerCase()
  if (!same) throw common.problem('organization_not_found')
}
