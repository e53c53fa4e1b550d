// /trust/api/certificate-authorities/{id}/acme-accounts and …/eab-keys
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { randomBase62 } from '../../platform/ids.ts'
import { AuthorityPath } from '../authorities/schema.ts'
import { errors } from '../errors.ts'
import { Id, PageQuery, paged, pageOf } from '../paging.ts'
import type { Trust } from '../parts.ts'
import { requireWholeOrganization } from '../reach.ts'
import * as accounts from './account-store.ts'
import * as eab from './eab-store.ts'

const read = { tag: 'ACME accounts', permission: 'read:certificates' } as const
const manage = { tag: 'ACME accounts', permission: 'manage:authorities' } as const
const path = '/api/certificate-authorities/:authority_id'
const missing = ['certificate_authority_not_found']
const time = z.iso.datetime()

const Account = z.object({
  id: z.uuid(),
  status: z.string(),
  contacts: z.array(z.string()),
  thumbprint: z.string().describe('Of its key (RFC 7638)'),
  workspaceId: z.string().describe('Where its certificates appear'),
  eabKeyId: z.string().nullable(),
  certificates: z.int().optional().describe('How many it was issued'),
  createdAt: time,
})
const AccountPath = z.object({ authority_id: Id, account_id: z.uuid() })

const EabKey = z.object({
  id: z.string().describe('The key identifier (kid) that clients are given'),
  name: z.string(),
  workspaceId: z.string().describe('Where certificates of its accounts appear'),
  accounts: z.int(),
  accountsMax: z.int(),
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
  createdAt: time,
})
const NewEabKey = EabKey.extend({
  hmacKey: z.string().describe('Base64url; shown this once'),
})
const CreateEabKey = z.strictObject({
  name: z.string().trim().min(1).max(100),
  accountsMax: z.int().min(1).max(100_000).default(1),
  expiresAt: time.optional(),
})
const EabKeyPath = z.object({ authority_id: Id, key_id: z.string().max(64) })

export function acmeAdminRoutes(trust: Trust): Route[] {
  return [...accountRoutes(trust), ...eabRoutes(trust)]
}

function accountRoutes({ platform, authorityService }: Trust): Route[] {
  return [
    route({
      ...read,
      method: 'GET',
      path: `${path}/acme-accounts`,
      operationId: 'listAcmeAccounts',
      summary: 'List the ACME accounts of an authority, the newest first',
      status: 200,
      params: AuthorityPath,
      query: PageQuery,
      reply: pageOf(Account),
      errors: missing,
      handle: async ({ caller: { organizationId }, params, query }) => {
        const { id } = await authorityService.find(organizationId, params.authority_id)
        const place = { organizationId, authorityId: id }
        const found = await platform.db.inTenant(organizationId, (tx) =>
          accounts.listAccounts(tx, place, query),
        )
        return paged(found, query)
      },
    }),
    route({
      ...manage,
      method: 'POST',
      path: `${path}/acme-accounts/:account_id/deactivate`,
      operationId: 'deactivateAcmeAccount',
      summary: 'Close an ACME account; its certificates stay as they are',
      status: 200,
      params: AccountPath,
      reply: z.object({ data: Account }),
      errors: [...missing, 'acme_account_not_found', 'workspace_access_denied'],
      handle: async (request) => {
        const { params, caller } = request
        requireWholeOrganization(caller)
        const { organizationId } = caller
        const { id } = await authorityService.find(organizationId, params.authority_id)
        const place = { organizationId, authorityId: id }
        const data = await platform.db.inTenant(organizationId, async (tx) => {
          const found = await accounts.findAccount(tx, place, params.account_id)
          if (found === null) throw errors.problem('acme_account_not_found')
          if (!(await accounts.closeAccount(tx, place, found.id, 'revoked'))) return found
          await appendAudit(tx, originOf(request), {
            action: 'acme_account.revoked',
            objectType: 'acme_account',
            objectId: found.id,
            details: { authority: id, contacts: found.contacts },
          })
          return { ...found, status: 'revoked' }
        })
        return { data }
      },
    }),
  ]
}

function eabRoutes(trust: Trust): Route[] {
  const { platform, authorityService } = trust
  return [
    route({
      ...read,
      method: 'GET',
      path: `${path}/eab-keys`,
      operationId: 'listEabKeys',
      summary: 'List the keys for external account binding, without their secrets',
      status: 200,
      params: AuthorityPath,
      query: PageQuery,
      reply: pageOf(EabKey),
      errors: missing,
      handle: async ({ caller: { organizationId }, params, query }) => {
        const { id } = await authorityService.find(organizationId, params.authority_id)
        const place = { organizationId, authorityId: id }
        const found = await platform.db.inTenant(organizationId, (tx) =>
          eab.listEabKeys(tx, place, query),
        )
        return paged(found, query)
      },
    }),
    route({
      ...manage,
      method: 'POST',
      path: `${path}/eab-keys`,
      operationId: 'createEabKey',
      summary: 'Make a key that lets somebody have ACME accounts',
      status: 201,
      params: AuthorityPath,
      body: CreateEabKey,
      reply: z.object({ data: NewEabKey }),
      errors: missing,
      handle: async (request) => ({
        data: await createKey(trust, originOf(request), {
          authorityId: request.params.authority_id,
          ...request.body,
        }),
      }),
    }),
    route({
      ...manage,
      method: 'DELETE',
      path: `${path}/eab-keys/:key_id`,
      operationId: 'revokeEabKey',
      summary: 'Revoke such a key; accounts that were made with it stay',
      status: 200,
      params: EabKeyPath,
      reply: z.object({ data: EabKey }),
      errors: [...missing, 'eab_key_not_found'],
      handle: async (request) => {
        const { params, caller } = request
        const { organizationId } = caller
        const { id } = await authorityService.find(organizationId, params.authority_id)
        const place = { organizationId, authorityId: id }
        const data = await platform.db.inTenant(organizationId, async (tx) => {
          const row = await eab.revokeEabKey(tx, place, params.key_id)
          if (row === null) throw errors.problem('eab_key_not_found')
          await appendAudit(tx, originOf(request), entry('eab_key.revoked', row, id))
          return row
        })
        return { data }
      },
    }),
  ]
}

async function createKey(
  { platform, authorityService }: Trust,
  origin: Origin,
  wanted: z.output<typeof CreateEabKey> & { authorityId: number },
) {
  const { organizationId, workspaceId, actor } = origin.caller
  const authority = await authorityService.find(organizationId, wanted.authorityId)
  if (authority.type !== 'internal') throw errors.problem('acme_not_served')
  const id = randomBase62(22)
  const secret = randomBytes(32)
  const place = { organizationId, authorityId: authority.id }
  return platform.db.inTenant(organizationId, async (tx) => {
    const row = await eab.insertEabKey(tx, place, {
      id,
      name: wanted.name,
      workspaceId,
      accountsMax: wanted.accountsMax,
      expiresAt: wanted.expiresAt ?? null,
      sealedKey: platform.secrets.seal(secret, eab.eabPlace(organizationId, id)),
      createdBy: actor.id,
    })
    await appendAudit(tx, origin, entry('eab_key.created', row, authority.id))
    return { ...row, hmacKey: secret.toString('base64url') }
  })
}

function entry(action: string, row: eab.EabKeyRow, authority: number) {
  const details = { name: row.name, authority }
  return { action, objectType: 'eab_key', objectId: row.id, details }
}
