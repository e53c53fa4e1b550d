// Stores what was issued as the certificate's next version, once, with all that follows from it.

import { certificateIssued, certificateRenewed } from '../../events/certificate.ts'
import type { AuditOrigin } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'
import * as authorityStore from '../authorities/store.ts'
import { type CertificateFacts, factsOf, publicKeyHash } from '../certificates/facts.ts'
import { mustFind, thresholdOf } from '../certificates/issue.ts'
import { recordChange } from '../certificates/record.ts'
import * as certificates from '../certificates/store.ts'
import { addVersion, versionInForce } from '../certificates/versions.ts'
import { Refused } from '../connectors/authority/contract.ts'
import { parseRequest } from '../x509/csr.ts'
import { addStep, type RenewalRow, setStatus } from './store.ts'
import { authorityAnswers, type Held, move } from './work.ts'

/** Throws Refused where what came back is not what was asked for. */
export async function storeIssued(tx: Tx, held: Held): Promise<RenewalRow> {
  const { organizationId, certificateId, workspaceId } = held
  const owner = { organizationId, workspaceId, certificateId }
  const reach = { organizationId, workspaceId: null }
  const lineage = await certificates.lock(tx, reach, certificateId)
  if (lineage === null || held.der === null) throw new Refused('nothing was issued')
  const facts = factsOf(held.der)
  checkIssued(facts, held, lineage)
  const previous = await versionInForce(tx, owner)
  // What was carried to another authority by hand was not signed by ours.
  const isOurs = held.method === 'api' && (await isInternal(tx, held))
  const days = await thresholdOf(tx, organizationId, lineage)
  const version = {
    facts,
    issuedBy: isOurs ? held.authorityId : null,
    chain: isOurs ? null : held.chain,
    sealedKey: held.sealedKey,
    renewalId: held.id,
  }
  if ((await addVersion(tx, owner, version, { days })) === null) {
    throw new Refused('it is a certificate that is managed already')
  }
  const next = await move(tx, held, { state: 'stored' })
  await addStep(tx, held, {
    step: 'stored',
    outcome: 'done',
    message: `Version with fingerprint ${facts.fingerprintText} is in force`,
  })
  await setStatus(tx, held, lineage.autoRenew ? 'pending' : 'none')
  await deploy(tx, held, lineage)
  await authorityAnswers(tx, held)
  await record(tx, held, { isFirst: previous === null, previous: previous?.fingerprint ?? null })
  return next
}

async function isInternal(tx: Tx, { organizationId, authorityId }: Held): Promise<boolean> {
  const authority =
    authorityId === null ? null : await authorityStore.find(tx, organizationId, authorityId)
  return authority?.type === 'internal'
}

function checkIssued(facts: CertificateFacts, held: Held, lineage: certificates.Lineage): void {
  const request = parseRequest(held.csr ?? Buffer.of())
  if (!publicKeyHash(request.publicKey.der).equals(facts.publicKeySha256)) {
    throw new Refused('its key is not the key of the request', 'certificate')
  }
  const asked = request.says.subjectAltName.map(({ value }) => value)
  const missing = (asked.length > 0 ? asked : lineage.names).filter(
    (name) => !facts.names.includes(name),
  )
  if (missing.length > 0) {
    throw new Refused(`it lacks ${missing.slice(0, 5).join(', ')}`, 'certificate')
  }
}

/** For agents to take; issued and deployed are two things, and the first does not wait. */
async function deploy(tx: Tx, held: Held, { deploymentTargets }: certificates.Lineage) {
  if (!held.deployAfter || deploymentTargets.length === 0) return
  await tx.run(sql`insert into deployments
      (organization_id, workspace_id, certificate_id, version, target, cause, created_by)
    select ${held.organizationId}, ${held.workspaceId}, c.id, c.version, t.target, 'renewal',
        ${held.createdBy}
      from certificates c, unnest(${deploymentTargets}::text[]) as t (target)
     where c.organization_id = ${held.organizationId} and c.id = ${held.certificateId}`)
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
