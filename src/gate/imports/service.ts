// Takes an import from the first byte to the last finding: the document is stored and queued, a
// worker reads it, and the client hears how that ended. What was queued survives the server.
import { setTimeout as sleep } from 'node:timers/promises'
import { ArtefactMissing } from '../../platform/artefacts.ts'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { common } from '../../platform/errors.ts'
import type { RawBody } from '../../platform/http/route.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { repositoryPlace } from '../repositories/place.ts'
import * as repositories from '../repositories/store.ts'
import type { Scan } from '../scans/schema.ts'
import { platformTool, requireOrganization } from '../scans/service.ts'
import * as scans from '../scans/store.ts'
import { type Received, receiveDocument } from './receive.ts'
import { releaseDocument } from './release.ts'
import type { ImportQuery } from './schema.ts'
import * as store from './store.ts'

export interface Upload {
  query: ImportQuery
  body: RawBody
  contentEncoding: string | undefined
  /** Aborts when the client goes away; the import goes on. */
  signal: AbortSignal
}

const pollMs = 50
/** Of one organization, at once. */
const waitingMax = 20
const pollMsMax = 1_000
/** After so long the answer says how far it is; the client asks for the scan. */
const waitMsMax = 10 * 60_000

/** Answers the scan when it has ended. Throws 400 `invalid_document` where it failed. */
export async function importDocument(
  platform: Platform,
  origin: Origin,
  upload: Upload,
): Promise<Scan> {
  const { query, body, contentEncoding } = upload
  const { organizationId } = origin.caller
  if (query.organization_id) requireOrganization(origin.caller, query.organization_id)
  const place = repositoryPlace(platform.config, query)
  await requireRoom(platform, organizationId)
  const { artefacts } = platform
  const received = await receiveDocument({ artefacts, body, contentEncoding })
  let queued: Scan | null = null
  try {
    queued = await queue(platform, origin, { query, place, received })
  } finally {
    // Otherwise a worker removes it in the end.
    if (queued === null || hasEnded(queued)) await releaseDocument(platform, received.sha256)
  }
  return ended(platform, queued, AbortSignal.any([upload.signal, platform.stopping]))
}

/** Each waiting document may be a gigabyte on the disk. */
async function requireRoom(platform: Platform, organizationId: string): Promise<void> {
  const waiting = await platform.db.inTenant(organizationId, (tx) =>
    store.countWaiting(tx, organizationId),
  )
  if (waiting < waitingMax) return
  throw common.problem('rate_limited', {
    message: `${waiting} imports of this organization are waiting already`,
    details: { waiting, waiting_max: waitingMax },
    headers: { 'retry-after': '10' },
  })
}

interface Wanted {
  query: ImportQuery
  place: repositories.RepositoryPlace
  received: Received
}

/** A repetition joins what it repeats. */
async function queue(platform: Platform, origin: Origin, wanted: Wanted): Promise<Scan> {
  const { query, place, received } = wanted
  const { organizationId, actor } = origin.caller
  const category = query.category ?? received.category
  return platform.db.inTenant(organizationId, async (tx) => {
    const repositoryId = await repositories.ensure(tx, organizationId, place)
    const { branch, commit } = query
    const made: store.Import = {
      organizationId,
      repositoryId,
      branch,
      commit,
      tool: toolName(received, category),
      artefact: received.sha256,
    }
    await store.lockRepository(tx, made)
    const same = await store.findSame(tx, made)
    const known = same === null ? null : await scans.find(tx, organizationId, same)
    if (known !== null) return known
    await store.holdDocument(tx, made.artefact)
    await requireDocument(platform, made.artefact)
    const config = { format: received.format, category }
    const scan = await scans.insert(tx, {
      ...made,
      id: uuid7(),
      source: 'import',
      base: null,
      config,
      createdBy: actor.id,
    })
    await appendAudit(tx, origin, {
      action: 'scan.imported',
      objectType: 'scan',
      objectId: scan.scan_id,
      details: { ...config, tool: made.tool, document: made.artefact, branch, commit },
    })
    return scan
  })
}

/** A document that bears the platform's name must not resolve what the platform's scans found. */
function toolName({ tool, format }: Received, category: string | null): string {
  // A scan that our scanner made elsewhere is one of the platform's.
  if (format === 'panthera') return platformTool
  const own = tool.trim().toLowerCase() === platformTool
  const name = own ? `${platformTool} (imported)` : tool
  return category === null ? name : `${name}: ${category}`
}

/** Another import of the same document may have ended and removed it just now. */
async function requireDocument(platform: Platform, artefact: string): Promise<void> {
  try {
    const handle = await platform.artefacts.open(artefact)
    await handle.close()
  } catch (error) {
    if (error instanceof ArtefactMissing) throw common.problem('unavailable', { cause: error })
    throw error
  }
}

async function ended(platform: Platform, queued: Scan, signal: AbortSignal): Promise<Scan> {
  const until = performance.now() + waitMsMax
  let scan = queued
  let pauseMs = pollMs
  while (!hasEnded(scan)) {
    if (signal.aborted || performance.now() > until) return scan
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 1.3, pollMsMax)
    scan = await current(platform, scan)
  }
  if (scan.status === 'completed') return scan
  const details = { scan_id: scan.scan_id }
  if (scan.error?.code !== 'invalid_document') {
    throw common.problem('internal', { details, cause: scan.error })
  }
  throw errors.problem('invalid_document', { message: scan.error.message, details })
}

function hasEnded({ status }: Scan): boolean {
  return status === 'completed' || status === 'failed'
}

async function current(platform: Platform, { organization_id, scan_id }: Scan): Promise<Scan> {
  const scan = await platform.db.inTenant(organization_id, (tx) =>
    scans.find(tx, organization_id, scan_id),
  )
  if (scan === null) throw errors.problem('scan_not_found')
  return scan
}
