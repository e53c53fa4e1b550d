// Stores what was issued as the certificate's next version, once, with all that follows from it.

import { certificateIssued, certificateRenewed } from '../../events/certificate.ts'
import type { AuditOrigin } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { signedBy } from '../authorities/signed-by.ts'
import { isCompromised } from '../certificates/compromised.ts'
import { type CertificateFacts, factsOf, publicKeyHash } from '../certificates/facts.ts'
import { mustFind, thresholdOf } from '../certificates/issue.ts'
import { unfitness } from '../certificates/purpose.ts'
import { recordChange } from '../certificates/record.ts'
import * as certificates from '../certificates/store.ts'
import { addVersion, versionInForce } from '../certificates/versions.ts'
import { Refused } from '../connectors/authority/contract.ts'
import { startRollout } from '../deployments/rollout.ts'
import * as policies from '../policies/store.ts'
import { statusOf } from '../revocations/store.ts'
import { parseAlternativeName } from '../x509/alternative-name.ts'
import { parseRequest } from '../x509/csr.ts'
import { X509Error } from '../x509/error.ts'
import { addStep, type RenewalRow, setStatus } from './store.ts'
import type { Wish } from './wish.ts'
import { authorityAnswers, type Held, type Moved, move } from './work.ts'

/** Throws Refused where what came back is not what was asked for. */
export async function storeIssued(tx: Tx, held: Held): Promise<Moved> {
  const { organizationId, certificateId, workspaceId } = held
  const owner = { organizationId, workspaceId, certificateId }
  const reach = { organizationId, workspaceId: null }
  const lineage = await certificates.lock(tx, reach, certificateId)
  if (lineage === null || held.der === null) throw new Refused('nothing was issued')
  const facts = factsOf(held.der)
  checkIssued(facts, held, lineage)
  await requireLiving(tx, facts)
  if (await isCompromised(tx, organizationId, facts.publicKeySha256)) {
    throw new Refused('its key was revoked as compromised', 'certificate')
  }
  const previous = await versionInForce(tx, owner)
  // By its signature: what people carried somewhere by hand may have been signed by ours too.
  const issuedBy = await signedBy(tx, organizationId, facts.parsed)
  await requireNotRevoked(tx, held, { issuedBy, facts, lineage })
  const days = await thresholdOf(tx, organizationId, lineage)
  const version = {
    facts,
    issuedBy,
    chain: issuedBy === null ? held.chain : null,
    sealedKey: held.sealedKey,
    agentId: held.agentId,
    renewalId: held.id,
  }
  const number = await addVersion(tx, owner, version, { days })
  if (number === null) {
    throw new Refused('it is a certificate that is managed already')
  }
  const next = await move(tx, held, { state: 'stored' })
  await addStep(tx, held, {
    step: 'stored',
    outcome: 'done',
    message: `Version with fingerprint ${facts.fingerprintText} is in force`,
  })
  await setStatus(tx, held, lineage.autoRenew && lineage.authorityId !== null ? 'pending' : 'none')
  await deploy(tx, held, { lineage, version: number })
  await authorityAnswers(tx, held)
  await record(tx, held, { isFirst: previous === null, previous: previous?.fingerprint ?? null })
  return next
}

/** What has ended, or ends at once, must not take the place of what still holds. */
async function requireLiving(tx: Tx, { validTo }: CertificateFacts): Promise<void> {
  const { over } = await tx.one<{ over: boolean }>(sql`select ${validTo} <= now() as over`)
  if (over) throw new Refused(`it has expired on ${validTo.toISOString()}`, 'certificate')
}

/** Nothing that was asked for before a revocation puts the certificate in force again. */
async function requireNotRevoked(
  tx: Tx,
  { organizationId, createdAt }: Held,
  found: { issuedBy: number | null; facts: CertificateFacts; lineage: certificates.Lineage },
): Promise<void> {
  const { revokedAt } = found.lineage
  if (revokedAt !== null && Date.parse(revokedAt) > Date.parse(createdAt)) {
    throw new Refused('the certificate was revoked after its renewal had begun')
  }
  if (found.issuedBy === null) return
  const known = await statusOf(tx, { organizationId, id: found.issuedBy }, found.facts.serial)
  if (known?.revokedAt) throw new Refused(`it was revoked at ${known.revokedAt}`, 'certificate')
}

function checkIssued(facts: CertificateFacts, held: Held, lineage: certificates.Lineage): void {
  const request = parseRequest(held.csr ?? Buffer.of())
  if (!publicKeyHash(request.publicKey.der).equals(facts.publicKeySha256)) {
    throw new Refused('its key is not the key of the request', 'certificate')
  }
  // The names asked for, not those of the request, which the body of the API may have replaced.
  const { wish } = (held.intent ?? {}) as { wish?: Wish }
  const names = new Set(facts.names.map(written))
  const missing = (wish?.names ?? lineage.names).filter((name) => !names.has(written(name)))
  if (missing.length > 0) {
    throw new Refused(`it lacks ${missing.slice(0, 5).join(', ')}`, 'certificate')
  }
  const unfit = unfitness(facts, wish?.usages ?? lineage.usages)
  if (unfit !== null) throw new Refused(unfit, 'certificate')
}

/** As certificates of ours write it: authorities may keep capitals. */
function written(name: string): string {
  try {
    return parseAlternativeName(name).value
  } catch (error) {
    if (error instanceof X509Error) return name
    throw error
  }
}

/** What names no targets itself goes where its policy says. */
async function deploy(
  tx: Tx,
  held: Held,
  { lineage, version }: { lineage: certificates.Lineage; version: number },
): Promise<void> {
  if (!held.deployAfter) return
  const { organizationId, renewalPolicyId } = { ...lineage, ...held }
  const policy =
    renewalPolicyId === null ? null : await policies.find(tx, organizationId, renewalPolicyId)
  const own = lineage.deploymentTargets
  const targets = own.length > 0 ? own : (policy?.deploymentTargets ?? [])
  if (targets.length === 0) return
  await startRollout(tx, {
    organizationId,
    workspaceId: held.workspaceId,
    certificateId: held.certificateId,
    version,
    targets,
    cause: 'renewal',
    renewalId: held.id,
    createdBy: held.createdBy,
    keyAgentId: held.agentId,
  })
  await addStep(tx, held, {
    step: 'deployments',
    outcome: 'waiting',
    message: `It is to be deployed to ${targets.slice(0, 10).join(', ')}`,
  })
}

async function record(tx: Tx, held: Held, was: { isFirst: boolean; previous: Buffer | null }) {
  const origin = byRenewal(held)
  const reach = { organizationId: held.organizationId, workspaceId: '', organizationWide: true }
  const certificate = await mustFind(tx, { caller: reach as never }, held.certificateId)
  const details = { renewal: held.id, cause: held.cause, requestedBy: held.createdBy }
  if (was.isFirst) {
    const action = 'certificate.issued'
    await recordChange(tx, origin, certificate, { action, details, event: certificateIssued })
    return
  }
  await recordChange(tx, origin, certificate, {
    action: 'certificate.renewed',
    details,
    event: certificateRenewed,
    more: {
      renewal_id: held.id,
      previous_fingerprint: was.previous && `SHA256:${was.previous.toString('hex')}`,
    },
  })
}

/** No request did it, whoever asked for it. */
export function byRenewal({ organizationId }: Pick<RenewalRow, 'organizationId'>): AuditOrigin {
  const actor = { kind: 'system', id: 'renewals', name: 'Renewals' } as const
  return { caller: { organizationId, actor }, address: null, requestId: null }
}
