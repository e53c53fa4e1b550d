// Makes the first organization, its owner and one key per surface, once per database.
import { randomBytes } from 'node:crypto'
import { type AuditOrigin, appendAudit } from '../platform/audit/audit.ts'
import { type Database, enterTenant, sql, type Tx } from '../platform/db.ts'
import { prefixedId, uuid7 } from '../platform/ids.ts'
import { everyScope, type Surface } from '../platform/permissions.ts'
import type { Secrets } from '../platform/secrets.ts'
import type { CreatedKey, Key } from './keys/schema.ts'
import { mint } from './keys/service.ts'
import * as organizations from './organizations/store.ts'
import { hashPassword } from './users/password.ts'
import * as users from './users/store.ts'

/** The content of `first-run.json`, but for the URL. */
export interface FirstRun {
  organization_id: string
  workspace_id: string
  /** The password only where it was made up here; one that the operator set is the operator's. */
  owner: { email: string; password: string | null }
  keys: Record<KeyName, string>
  evidence_secret: string
}

type KeyName = 'gate' | 'trust_agent' | 'trust_public' | 'identity' | 'certus'

const firstKeys: readonly [KeyName, Surface, Key['type']][] = [
  ['gate', 'gate', 'standard'],
  ['trust_agent', 'trust', 'agent'],
  ['trust_public', 'trust', 'public'],
  ['identity', 'identity', 'standard'],
  ['certus', 'certus', 'standard'],
]

export interface FirstRunOptions {
  db: Database
  secrets: Secrets
  owner: { email: string; password: string | null }
  /**
   * Runs before the commit: where it throws, nothing was made. Writing the file here and not after
   * means that no crash leaves an installation whose keys nobody has.
   */
  keep: (made: FirstRun) => Promise<void>
}

/** Answers whether this was the first run. */
export async function firstRun(options: FirstRunOptions): Promise<boolean> {
  if ((await options.db.inSystem(organizations.first)) !== null) return false
  const password = options.owner.password ?? randomBytes(18).toString('base64url')
  const passwordHash = await hashPassword(password)
  return options.db.inSystem(async (tx) => {
    // Two nodes may start on one new database: the second waits here and finds the work done.
    await tx.rows(sql`select pg_advisory_xact_lock(hashtext('panthera.first-run'))`)
    if ((await organizations.first(tx)) !== null) return false
    const shown = options.owner.password === null ? password : null
    const owner = { email: options.owner.email, password: shown }
    await options.keep(await make(tx, options.secrets, { owner, passwordHash }))
    return true
  })
}

async function make(
  tx: Tx,
  secrets: Secrets,
  { owner, passwordHash }: { owner: FirstRun['owner']; passwordHash: string },
): Promise<FirstRun> {
  const organizationId = uuid7()
  const workspaceId = prefixedId('ws')
  const name = 'First organization'
  const first = {
    id: organizationId,
    name,
    plan: 'enterprise',
    isFirst: true,
    workspaceId,
  } as const
  await organizations.insert(tx, first)
  const userId = uuid7()
  await users.insert(tx, { id: userId, email: owner.email, passwordHash })
  await enterTenant(tx, organizationId)
  await users.join(tx, { organizationId, userId, role: 'owner' })
  const origin = byFirstRun(organizationId)
  await appendAudit(tx, origin, {
    action: 'organization.created',
    objectType: 'organization',
    objectId: organizationId,
    details: { name, plan: first.plan },
  })
  await appendAudit(tx, origin, {
    action: 'member.added',
    objectType: 'user',
    objectId: userId,
    details: { email: owner.email, role: 'owner' },
  })

  const keys: Partial<Record<KeyName, string>> = {}
  let evidenceSecret = ''
  for (const [keyName, surface, type] of firstKeys) {
    const made = await mint(tx, secrets, {
      organizationId,
      workspaceId,
      createdBy: userId,
      surface,
      type,
      name: `First run (${keyName})`,
      description: null,
      scopes: [everyScope],
      ipAllow: [],
      expiresAt: null,
    })
    await appendAudit(tx, origin, keyEntry(made))
    keys[keyName] = made.api_key
    evidenceSecret = made.evidence_secret ?? evidenceSecret
  }
  return {
    organization_id: organizationId,
    workspace_id: workspaceId,
    owner,
    keys: keys as Record<KeyName, string>,
    evidence_secret: evidenceSecret,
  }
}

/** No request asked for it. */
function byFirstRun(organizationId: string): AuditOrigin {
  const actor = { kind: 'system', id: 'first-run', name: 'First run' } as const
  return { caller: { organizationId, actor }, address: null, requestId: null }
}

function keyEntry({ id, surface, name, scopes }: CreatedKey) {
  const details = { surface, name, scopes }
  return { action: 'key.created', objectType: 'key', objectId: id, details }
}
