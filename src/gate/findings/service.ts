// Lists findings, shows one with all that is known of it, and records what people decide.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { requireOrganization } from '../scans/service.ts'
import { type Filter, isUnfiltered, resolveFilter } from './filter.ts'
import { readPage } from './page.ts'
import type {
  ChangeFinding,
  ChangeFindings,
  FindingDetail,
  FindingFilter,
  FindingList,
  FindingQuery,
  FindingStatus,
  FindingsChanged,
} from './schema.ts'
import * as store from './store.ts'
import * as triage from './triage.ts'

export async function listFindings(
  platform: Platform,
  caller: Caller,
  query: FindingQuery,
): Promise<FindingList> {
  const { organizationId } = caller
  const { limit, offset, cursor } = query
  return inOrganization(platform, caller, query, async (tx, filter) => {
    const before = cursor === undefined ? null : await numberAt(tx, organizationId, cursor)
    const page = await readPage(tx, filter, { limit, offset, before })
    const findings = await store.findNumbered(tx, organizationId, page.numbers)
    const next_cursor = page.hasMore ? (findings.at(-1)?.id ?? null) : null
    return { findings, total: page.total, limit, offset, next_cursor }
  })
}

export async function getFinding(
  platform: Platform,
  caller: Caller,
  id: string,
): Promise<FindingDetail> {
  const { organizationId } = caller
  return platform.db.inTenant(organizationId, (tx) => readDetail(tx, organizationId, id))
}

export async function changeFinding(
  platform: Platform,
  origin: Origin,
  id: string,
  change: ChangeFinding,
): Promise<FindingDetail> {
  requireFuture(platform, change)
  const { organizationId, actor } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const number = await store.numberOf(tx, organizationId, id)
    if (number === null) throw errors.problem('finding_not_found')
    const from = await triage.changeOne(tx, { organizationId, number }, change, actor)
    if (from !== null) {
      const details = { from, ...said(change) }
      await appendAudit(tx, origin, {
        ...auditEntry('finding', from, change),
        objectId: id,
        details,
      })
    }
    return readDetail(tx, organizationId, id)
  })
}

/** Some 20 seconds on a small machine; more would hold up every scan of the organization. */
const matchedMax = 100_000

export async function changeFindings(
  platform: Platform,
  origin: Origin,
  query: FindingFilter,
  { all, dry_run, ...change }: ChangeFindings,
): Promise<FindingsChanged> {
  requireFuture(platform, change)
  const { organizationId, actor } = origin.caller
  return inOrganization(platform, origin.caller, query, async (tx, filter) => {
    requireScope(filter, all)
    if (!dry_run && !(await triage.holdOffIngests(tx, organizationId))) {
      const message = 'Scans of this organization are storing their findings'
      throw common.problem('unavailable', { message })
    }
    const { matched, differing } = await triage.chooseMany(tx, filter, change)
    if (matched > matchedMax) {
      throw errors.problem('too_many_findings', { details: { matched, matched_max: matchedMax } })
    }
    if (dry_run || differing === 0) return { matched, changed: differing, dry_run }
    const changed = await triage.changeChosen(tx, organizationId, change, actor)
    const details = { filter: query, matched, changed, ...said(change) }
    await appendAudit(tx, origin, {
      ...auditEntry('findings', null, change),
      objectId: '*',
      details,
    })
    return { matched, changed, dry_run }
  })
}

/** Resolves the filters within the caller's organization. */
async function inOrganization<Result>(
  platform: Platform,
  caller: Caller,
  query: FindingFilter,
  work: (tx: Tx, filter: Filter) => Promise<Result>,
): Promise<Result> {
  const { organizationId } = caller
  if (query.organization_id !== undefined) requireOrganization(caller, query.organization_id)
  return platform.db.inTenant(organizationId, async (tx) =>
    work(tx, await resolveFilter(tx, organizationId, query)),
  )
}

async function numberAt(tx: Tx, organizationId: string, cursor: string): Promise<number> {
  const number = await store.numberOf(tx, organizationId, cursor)
  if (number === null) {
    throw invalidField('cursor', 'is not known: use next_cursor of the page before, or start anew')
  }
  return number
}

async function readDetail(tx: Tx, organizationId: string, id: string): Promise<FindingDetail> {
  const row = await store.find(tx, organizationId, id)
  if (row === null) throw errors.problem('finding_not_found')
  const { detail, number, ...finding } = row
  const { excerpt, location } = detail
  return {
    ...finding,
    excerpt: excerpt && { start_line: excerpt.startLine, lines: excerpt.lines },
    location: location && {
      path: location.path,
      line: location.line,
      column: location.column,
      end_line: location.endLine,
      end_column: location.endColumn,
    },
    data_flow: detail.steps,
    references: detail.references,
    origin: detail.origin,
    package: packageOf(detail),
    resource: detail.subject?.kind === 'resource' ? detail.subject.address : null,
    ...(await store.readSurroundings(tx, organizationId, number)),
  }
}

function packageOf({ subject }: store.Detail): FindingDetail['package'] {
  if (subject?.kind !== 'package') return null
  const { purl, name, version, aliases, fixedVersions, path } = subject
  return { purl, name, version, aliases, fixed_versions: fixedVersions, dependency_path: path }
}

function requireFuture(platform: Platform, { expires_at }: ChangeFinding): void {
  if (expires_at === undefined || expires_at === null) return
  if (Date.parse(expires_at) <= platform.now()) {
    throw invalidField('expires_at', 'must be in the future')
  }
}

/** Nobody changes everything by forgetting a parameter. */
function requireScope(filter: Filter, all: boolean): void {
  if (isUnfiltered(filter) && !all) {
    const message = 'must be true where no filter in the query narrows the findings'
    throw invalidField('all', message)
  }
  if (!isUnfiltered(filter) && all) {
    throw invalidField('all', 'goes without filters: leave out one of the two')
  }
}

function auditEntry(objectType: string, from: FindingStatus | null, change: ChangeFinding) {
  const event = change.status === 'open' ? (from === 'open' ? 'noted' : 'reopened') : change.status
  return { action: `${objectType}.${event}`, objectType }
}

function said(change: ChangeFinding) {
  const { resolution_note: note, reason, expires_at } = change
  return { to: change.status, note, reason, expires_at }
}
