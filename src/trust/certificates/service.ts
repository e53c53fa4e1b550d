// Changes a certificate's settings, starts its renewals, and takes in what an authority signed.

import { randomUUID } from 'node:crypto'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { Refused } from '../connectors/authority/contract.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { storeIssued } from '../renewals/finish.ts'
import { methodFits, methodOf } from '../renewals/method.ts'
import * as renewals from '../renewals/store.ts'
import { targetsNamed } from '../targets/store.ts'
import { chainBelowRoot } from './import.ts'
import { findAuthority, mustFind, thresholdOf } from './issue.ts'
import { type KeyPlace, keyAgentOf, NoKeyAgent, requireKeyAgent } from './key-location.ts'
import { invalidCertificate, readCertificates } from './pem-bodies.ts'
import { requireRenewable } from './purpose.ts'
import type { Certificate, HandInCertificate, UpdateCertificate } from './schema.ts'
import * as store from './store.ts'
import { renewFrom } from './threshold.ts'

export async function updateCertificate(
  { platform }: Trust,
  origin: Origin,
  { id, ...change }: UpdateCertificate & { id: number },
): Promise<Certificate> {
  const { organizationId } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const lineage = await mustLock(tx, origin, id)
    const { certificateAuthorityId, fallbackCertificateAuthorityId, ...rest } = change
    await requireAuthority(tx, organizationId, { certificateAuthorityId })
    await requireAuthority(tx, organizationId, { fallbackCertificateAuthorityId })
    const keyLocation = await keyLocationAfter(tx, organizationId, lineage, rest)
    requireRenewable(lineage.usages, {
      certificateAuthorityId,
      fallbackCertificateAuthorityId,
      autoRenew: rest.autoRenew,
    })
    const authorityId =
      certificateAuthorityId === undefined ? lineage.authorityId : certificateAuthorityId
    const renews = (rest.autoRenew ?? lineage.autoRenew) && authorityId !== null
    const { renewalThresholdDays, renewalPolicyId } = rest
    const days = await thresholdOf(tx, organizationId, {
      renewalThresholdDays: renewalThresholdDays ?? lineage.renewalThresholdDays,
      renewalPolicyId: renewalPolicyId === undefined ? lineage.renewalPolicyId : renewalPolicyId,
    })
    await store.update(
      tx,
      { organizationId, id },
      {
        ...rest,
        keyLocation,
        authorityId: certificateAuthorityId,
        fallbackAuthorityId: fallbackCertificateAuthorityId,
        renewFrom: lifeOf(lineage, days),
        renewalStatus: await statusAfter(tx, origin, id, renews),
      },
    )
    const certificate = await mustFind(tx, origin, id)
    await appendAudit(tx, origin, {
      action: 'certificate.changed',
      objectType: 'certificate',
      objectId: String(id),
      details: { commonName: lineage.commonName, ...change },
    })
    return certificate
  })
}

/** Where the next renewal makes the key; undefined: as it is. */
async function keyLocationAfter(
  tx: Tx,
  organizationId: string,
  lineage: store.Lineage,
  change: Pick<UpdateCertificate, 'keyLocation' | 'deploymentTargets'>,
): Promise<string | undefined> {
  const { keyLocation, deploymentTargets = lineage.deploymentTargets } = change
  if (keyLocation === undefined) {
    if (change.deploymentTargets !== undefined) {
      await requireOneAgent(tx, { organizationId, ...lineage, deploymentTargets })
    }
    return undefined
  }
  if (lineage.csr !== null) {
    throw invalidField(
      'keyLocation',
      'cannot be chosen: its owner has the key and sent the request',
    )
  }
  if (keyLocation === 'server') return 'server'
  const place = { organizationId, workspaceId: lineage.workspaceId, deploymentTargets }
  const agent = await requireKeyAgent(tx, place, { asked: true, online: false })
  return agent === null ? undefined : `agent:${agent.id}`
}

function lifeOf({ validFrom, validTo }: store.Lineage, days: number): Date | undefined {
  return validFrom === null || validTo === null
    ? undefined
    : renewFrom({ validFrom, validTo }, days)
}

async function requireAuthority(
  tx: Tx,
  organizationId: string,
  named: Record<string, number | null | undefined>,
): Promise<void> {
  for (const [field, id] of Object.entries(named)) {
    if (id !== undefined && id !== null) await findAuthority(tx, organizationId, id, field)
  }
}

/** `pending` says that it will be renewed by itself; what is under way says more. */
async function statusAfter(tx: Tx, origin: Origin, id: number, renews: boolean) {
  const { renewalStatus, status } = await mustFind(tx, origin, id)
  if (!['none', 'pending'].includes(renewalStatus)) return undefined
  return renews && status !== 'revoked' ? 'pending' : 'none'
}

export async function mustLock(tx: Tx, origin: Origin, id: number): Promise<store.Lineage> {
  const lineage = await store.lock(tx, reachOf(origin.caller), id)
  if (lineage === null) throw errors.problem('certificate_not_found')
  return lineage
}

export interface WantedRenewal {
  id: number
  method?: renewals.Method | undefined
  deployAfterRenewal: boolean
}

export async function renewCertificate(
  { platform }: Trust,
  origin: Origin,
  { id, method, deployAfterRenewal }: WantedRenewal,
): Promise<{ certificate: Certificate; renewalId: number }> {
  const { organizationId } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const lineage = await mustLock(tx, origin, id)
    const authorityId = authorityIdFor(lineage, method)
    const type =
      authorityId === null ? 'csr' : (await findAuthority(tx, organizationId, authorityId)).type
    if (!methodFits(type, method)) {
      const accepted = [...new Set([methodOf(type), 'csr'])]
      throw errors.problem('ca_not_configured', {
        message: `No authority of this certificate renews by ${method}`,
        details: { field: 'method', accepted, certificateAuthorityId: authorityId },
      })
    }
    await requireAgents(tx, organizationId, lineage, deployAfterRenewal)
    const renewalId = await renewals.insert(tx, {
      organizationId,
      workspaceId: lineage.workspaceId,
      certificateId: id,
      cause: 'requested',
      method: methodOf(type, method),
      authorityId,
      deployAfter: deployAfterRenewal,
      createdBy: origin.caller.actor.id,
    })
    if (renewalId === null) throw errors.problem('renewal_in_progress')
    await appendAudit(tx, origin, {
      action: 'certificate.renewal_requested',
      objectType: 'certificate',
      objectId: String(id),
      details: { commonName: lineage.commonName, renewal: renewalId, method: method ?? null },
    })
    return { certificate: await mustFind(tx, origin, id), renewalId }
  })
}

/** Nothing is begun that could not be brought to its end as it was asked for. */
async function requireAgents(
  tx: Tx,
  organizationId: string,
  lineage: store.Lineage,
  deploys: boolean,
): Promise<void> {
  const place = { organizationId, ...lineage }
  if (lineage.csr === null) await requireOneAgent(tx, place)
  if (!deploys) return
  const there = await targetsNamed(tx, place, lineage.deploymentTargets)
  const names = there.map(({ name }) => name)
  const missing = lineage.deploymentTargets.filter((name) => !names.includes(name))
  if (missing.length === 0) return
  throw errors.problem('agent_unavailable', {
    message: `No agent is there that could deploy it to ${missing.slice(0, 5).join(', ')}`,
    details: { field: 'deployAfterRenewal', targets: missing },
  })
}

/** A key that is with an agent is of use to targets of this one only. */
async function requireOneAgent(tx: Tx, place: KeyPlace): Promise<void> {
  try {
    await keyAgentOf(tx, place)
  } catch (error) {
    if (error instanceof NoKeyAgent) throw invalidField('deploymentTargets', error.message)
    throw error
  }
}

/** A certificate without an authority can still be renewed by hand, which needs none. */
function authorityIdFor(lineage: store.Lineage, method: renewals.Method | undefined) {
  if (lineage.authorityId !== null || method === 'csr') return lineage.authorityId
  throw errors.problem('ca_not_configured', {
    message: 'The certificate has no authority that could renew it',
    details: { field: 'certificateAuthorityId', value: null },
  })
}

/** By so much may the clock of who signed be ahead. */
const clockSkewMsMax = 5 * 60_000

/** The end of a renewal by hand: what the authority signed, checked against the request. */
export async function handInCertificate(
  { platform }: Trust,
  origin: Origin,
  { id, ...body }: HandInCertificate & { id: number },
): Promise<Certificate> {
  const { facts, chain } = readCertificates(body)
  const { organizationId } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    await mustLock(tx, origin, id)
    const open = await renewals.findOpen(
      tx,
      { organizationId, certificateId: id },
      { locked: true },
    )
    if (open === null || open.state !== 'waiting_csr') throw errors.problem('not_waiting')
    if (facts.validTo.getTime() <= platform.now()) {
      throw invalidCertificate('certificate', `has expired on ${facts.validTo.toISOString()}`)
    }
    if (facts.validFrom.getTime() > platform.now() + clockSkewMsMax) {
      throw invalidCertificate(
        'certificate',
        `is not valid before ${facts.validFrom.toISOString()}: hand it in then`,
      )
    }
    const holder = `handed in ${randomUUID()}`
    await tx.run(sql`update renewals set lease_owner = ${holder}
      where organization_id = ${organizationId} and id = ${open.id}`)
    await renewals.addStep(tx, open, {
      step: 'handed_in',
      outcome: 'done',
      message: `${origin.caller.actor.name} handed in a certificate of ${facts.issuer}`,
    })
    try {
      await storeIssued(tx, {
        ...open,
        der: facts.der,
        chain: chainBelowRoot(facts, chain),
        holder,
      })
    } catch (error) {
      if (error instanceof Refused) throw invalidCertificate('certificate', error.message)
      throw error
    }
    return mustFind(tx, origin, id)
  })
}

/** Gives up a renewal that waits; one that an authority is being asked for goes on. */
export async function cancelRenewal(
  { platform }: Trust,
  origin: Origin,
  id: number,
): Promise<Certificate> {
  const { organizationId } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const lineage = await mustLock(tx, origin, id)
    const open = await renewals.findOpen(
      tx,
      { organizationId, certificateId: id },
      { locked: true },
    )
    if (open === null) throw errors.problem('not_waiting')
    const cancelled = await tx.run(sql`update renewals
        set state = 'cancelled', finished_at = now(), lease_owner = null, sealed_key = null,
          updated_at = now()
      where organization_id = ${organizationId} and id = ${open.id}
        and (state = 'waiting_csr' or coalesce(lease_until < now(), true))`)
    if (cancelled === 0) throw errors.problem('renewal_in_progress')
    const message = `${origin.caller.actor.name} gave it up`
    await renewals.addStep(tx, open, { step: 'cancelled', outcome: 'done', message })
    const goesOn = lineage.autoRenew && lineage.version !== null && lineage.authorityId !== null
    const status = goesOn ? 'pending' : 'none'
    await renewals.setStatus(tx, { organizationId, certificateId: id }, status)
    await appendAudit(tx, origin, {
      action: 'certificate.renewal_cancelled',
      objectType: 'certificate',
      objectId: String(id),
      details: { commonName: lineage.commonName, renewal: open.id },
    })
    return mustFind(tx, origin, id)
  })
}
