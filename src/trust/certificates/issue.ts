// Issues a certificate: at once where the authority can, else as a renewal that waits for it.

import { certificateIssued } from '../../events/certificate.ts'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import type { Problem } from '../../platform/errors.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { LivingAgent } from '../agents/store.ts'
import * as authorityStore from '../authorities/store.ts'
import { type AuthorityType, Refused, Unreachable } from '../connectors/authority/contract.ts'
import { authorityTypes } from '../connectors/authority/index.ts'
import { errors } from '../errors.ts'
import { type KeySpec, keySpecOf } from '../key-spec.ts'
import type { Trust } from '../parts.ts'
import * as policies from '../policies/store.ts'
import { methodOf } from '../renewals/method.ts'
import * as renewals from '../renewals/store.ts'
import { type CertificateRequest, parseRequest } from '../x509/csr.ts'
import { X509Error } from '../x509/error.ts'
import { usableKey } from '../x509/profile.ts'
import { isCompromised } from './compromised.ts'
import { factsOf, keyOf, publicKeyHash } from './facts.ts'
import { requireKeyAgent } from './key-location.ts'
import { type Names, wantedNames } from './names.ts'
import { readRequest } from './pem-bodies.ts'
import { makeKey, sealKey } from './private-keys.ts'
import { recordChange } from './record.ts'
import { requestFor } from './request.ts'
import type { Certificate, CreateCertificate } from './schema.ts'
import * as store from './store.ts'
import { addVersion } from './versions.ts'

export async function issueCertificate(
  trust: Trust,
  origin: Origin,
  body: CreateCertificate,
): Promise<Certificate> {
  const { organizationId } = origin.caller
  const request = body.csr === undefined ? null : readRequest(body.csr)
  const names = wantedNames(body, request)
  const key = request === null ? keySpecOf(body) : keyOfRequest(request, body)
  if (body.certificateAuthorityId === undefined) {
    await trust.authorityService.ensureDefault(organizationId)
  }
  const agent = request === null ? await agentFor(trust, origin, body) : null
  if (agent !== null) {
    const wish: Wish = { origin, body, names, key, csr: null, sealedKey: null }
    return trust.platform.db.inTenant(organizationId, (tx) => askForKey(tx, wish, agent))
  }
  const material = await makeMaterial(trust, organizationId, { request, names, key })
  const wish = { origin, body, names, key, ...material }
  return trust.platform.db.inTenant(organizationId, (tx) => inTransaction(trust, tx, wish))
}

/** Throws AGENT_UNAVAILABLE where the agent that is to make the key is away. */
async function agentFor({ platform }: Trust, { caller }: Origin, body: CreateCertificate) {
  const { organizationId, workspaceId } = caller
  const { deploymentTargets, keyLocation } = body
  if (keyLocation === 'server' || deploymentTargets.length === 0) {
    if (keyLocation !== 'agent') return null
    throw invalidField('deploymentTargets', 'is required where keyLocation is agent')
  }
  return platform.db.inTenant(organizationId, async (tx) => {
    const place = { organizationId, workspaceId, deploymentTargets }
    return requireKeyAgent(tx, place, { asked: keyLocation === 'agent', online: true })
  })
}

/** The agent makes the key and the request, and the certificate is issued then. */
async function askForKey(tx: Tx, wish: Wish, agent: LivingAgent): Promise<Certificate> {
  const { origin, body, names } = wish
  const { organizationId, workspaceId, actor } = origin.caller
  const authority = await findAuthority(tx, organizationId, body.certificateAuthorityId)
  await thresholdOf(tx, organizationId, body)
  const id = await insertLineage(tx, wish, authority, `agent:${agent.id}`)
  await renewals.insert(tx, {
    organizationId,
    workspaceId,
    certificateId: id,
    cause: 'first_issue',
    method: methodOf(authority.type),
    authorityId: authority.id,
    deployAfter: false,
    createdBy: actor.id,
  })
  await appendAudit(tx, origin, {
    action: 'certificate.requested',
    objectType: 'certificate',
    objectId: String(id),
    details: { commonName: names.commonName, authority: authority.name, agent: agent.name },
  })
  return mustFind(tx, origin, id)
}

interface Wish {
  origin: Origin
  body: CreateCertificate
  names: Names
  key: { type: string; size: number }
  /** Null where an agent is to make it. */
  csr: Buffer | null
  sealedKey: Buffer | null
}

/** A key of RSA takes up to seconds: no transaction waits for it. */
async function makeMaterial(
  { platform }: Trust,
  organizationId: string,
  wanted: { request: CertificateRequest | null; names: Names; key: { type: string; size: number } },
) {
  if (wanted.request !== null) return { csr: Buffer.from(wanted.request.der), sealedKey: null }
  const key = await makeKey(wanted.key as KeySpec)
  const sealedKey = sealKey(platform.secrets, organizationId, key)
  return { csr: await requestFor(wanted.names, key), sealedKey }
}

function keyOfRequest(request: CertificateRequest, body: CreateCertificate) {
  const key = keyOf(request.publicKey)
  try {
    usableKey(request.publicKey.der)
  } catch (error) {
    if (error instanceof X509Error) throw invalidField('csr', error.message)
    throw error
  }
  if (body.keyType !== undefined && body.keyType !== key.type) {
    throw invalidField('keyType', `is ${key.type} in csr; leave it out`)
  }
  if (body.keySize !== undefined && body.keySize !== key.size) {
    throw invalidField('keySize', `is ${key.size} in csr; leave it out`)
  }
  return key
}

async function inTransaction(
  trust: Trust,
  tx: Tx,
  wish: Wish & { csr: Buffer },
): Promise<Certificate> {
  const { origin, body, names } = wish
  const { organizationId } = origin.caller
  if (wish.sealedKey === null) await requireSoundKey(tx, organizationId, wish.csr)
  const authority = await findAuthority(tx, organizationId, body.certificateAuthorityId)
  const type: AuthorityType<never> | AuthorityType<unknown> = authorityTypes[authority.type]
  const connector = await trust.authorities.connector(tx, authority)
  const bounds = connector.validity(trust.platform.now())
  if (type.isRemote === true && body.validityDays !== undefined && bounds === null) {
    const message = 'is chosen by this authority: leave it out'
    throw invalidField('validityDays', message)
  }
  const order = {
    id: uuid7(),
    csr: wish.csr,
    commonName: names.commonName,
    names: names.all,
    usages: body.usages ?? (['serverAuth'] as const),
    validityDays: body.validityDays ?? null,
  }
  const intent = await refusalAsProblem(() => connector.prepare(order, trust.platform.now()))
  if (type.isRemote === true) return later(tx, wish, authority)
  const answer = await refusalAsProblem(() => connector.issue(order, intent))
  const days = await thresholdOf(tx, organizationId, body)
  const id = await insertLineage(tx, wish, authority)
  const owner = { organizationId, workspaceId: origin.caller.workspaceId, certificateId: id }
  if (answer.state === 'issued') {
    const version = {
      facts: factsOf(answer.certificate),
      issuedBy: authority.type === 'internal' ? authority.id : null,
      chain: answer.chain,
      sealedKey: wish.sealedKey,
      renewalId: null,
    }
    await addVersion(tx, owner, version, { days })
  } else {
    await renewals.insertWaiting(tx, owner, {
      authorityId: authority.id,
      csr: wish.csr,
      sealedKey: wish.sealedKey,
      createdBy: origin.caller.actor.id,
    })
  }
  const certificate = await mustFind(tx, origin, id)
  if (answer.state !== 'issued') {
    await auditRequest(tx, wish, { id, authority })
    return certificate
  }
  await recordChange(tx, origin, certificate, {
    action: 'certificate.issued',
    details: { authority: authority.name, names: names.all },
    event: certificateIssued,
  })
  return certificate
}

/** By an authority elsewhere: its renewal, which begins at once, brings the first version. */
async function later(
  tx: Tx,
  wish: Wish,
  authority: authorityStore.AuthorityRow,
): Promise<Certificate> {
  const { origin } = wish
  const id = await insertLineage(tx, wish, authority)
  await renewals.insert(tx, {
    organizationId: origin.caller.organizationId,
    workspaceId: origin.caller.workspaceId,
    certificateId: id,
    cause: 'first_issue',
    method: methodOf(authority.type),
    authorityId: authority.id,
    deployAfter: false,
    createdBy: origin.caller.actor.id,
  })
  await auditRequest(tx, wish, { id, authority })
  return mustFind(tx, origin, id)
}

async function auditRequest(
  tx: Tx,
  { origin, names }: Wish,
  { id, authority }: { id: number; authority: authorityStore.AuthorityRow },
): Promise<void> {
  await appendAudit(tx, origin, {
    action: 'certificate.requested',
    objectType: 'certificate',
    objectId: String(id),
    details: { commonName: names.commonName, authority: authority.name },
  })
}

async function insertLineage(
  tx: Tx,
  { origin, body, names, key, csr, sealedKey }: Wish,
  authority: authorityStore.AuthorityRow,
  keyLocation: string | null = null,
): Promise<number> {
  const { organizationId, workspaceId, actor } = origin.caller
  const fallback = body.fallbackCertificateAuthorityId
  if (fallback !== undefined) {
    await findAuthority(tx, organizationId, fallback, 'fallbackCertificateAuthorityId')
  }
  return store.insert(tx, {
    organizationId,
    workspaceId,
    authorityId: authority.id,
    fallbackAuthorityId: fallback ?? null,
    renewalPolicyId: body.renewalPolicyId ?? null,
    source: 'issued',
    commonName: names.commonName,
    names: names.all,
    key,
    validityDays: body.validityDays ?? null,
    usages: body.usages ?? ['serverAuth'],
    csr: sealedKey === null ? csr : null,
    autoRenew: body.autoRenew,
    renewalThresholdDays: body.renewalThresholdDays,
    deploymentTargets: body.deploymentTargets,
    keyLocation,
    createdBy: actor.id,
  })
}

async function requireSoundKey(tx: Tx, organizationId: string, csr: Buffer): Promise<void> {
  const { publicKey } = parseRequest(csr)
  if (!(await isCompromised(tx, organizationId, publicKeyHash(publicKey.der)))) return
  throw invalidField('csr', 'its key was revoked as compromised: make a request with another key')
}

/** It stays until the transaction has ended. Throws CA_NOT_CONFIGURED. */
export async function findAuthority(
  tx: Tx,
  organizationId: string,
  id: number | null | undefined,
  field = 'certificateAuthorityId',
): Promise<authorityStore.AuthorityRow> {
  const locked = { locked: 'stays' } as const
  const found =
    id === undefined || id === null
      ? ((await authorityStore.findDefault(tx, organizationId, locked)) ??
        // The one before ended while this waited for it; then there is another.
        (await authorityStore.findDefault(tx, organizationId, locked)))
      : await authorityStore.find(tx, organizationId, id, locked)
  if (found !== null) return found
  throw errors.problem('ca_not_configured', { details: { field, value: id ?? null } })
}

/** The policy's where the certificate follows one. Throws where there is no such policy. */
export async function thresholdOf(
  tx: Tx,
  organizationId: string,
  wanted: { renewalThresholdDays: number; renewalPolicyId?: number | null | undefined },
): Promise<number> {
  const { renewalPolicyId: id } = wanted
  if (id === undefined || id === null) return wanted.renewalThresholdDays
  const policy = await policies.find(tx, organizationId, id)
  if (policy === null) throw invalidField('renewalPolicyId', 'is no renewal policy')
  return policy.renewalThreshold
}

export async function mustFind(tx: Tx, { caller }: Pick<Origin, 'caller'>, id: number) {
  const certificate = await store.find(tx, reachOf(caller), id)
  if (certificate === null) throw errors.problem('certificate_not_found')
  return certificate
}

/** What an authority refuses is the request's fault; it names the field where it can. */
export async function refusalAsProblem<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refused) throw problemOf(error)
    if (error instanceof Unreachable) {
      throw errors.problem('authority_unavailable', { message: error.message, cause: error })
    }
    throw error
  }
}

function problemOf(refused: Refused): Problem {
  if (refused.field !== null) return invalidField(refused.field, refused.message)
  return errors.problem('certificate_refused', {
    message: `The authority does not issue such a certificate: ${refused.message}`,
    details: { reason: refused.message },
  })
}
