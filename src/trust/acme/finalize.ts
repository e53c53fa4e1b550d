// Finalizes an order (RFC 8555 §7.4): the request is checked, the certificate signed, stored and
// told of in one transaction, so that an order has one certificate or none.
import { z } from 'zod'
import { certificateIssued } from '../../events/certificate.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import { isCompromised } from '../certificates/compromised.ts'
import { factsOf, keyOf, publicKeyHash } from '../certificates/facts.ts'
import { recordChange } from '../certificates/record.ts'
import * as certificates from '../certificates/store.ts'
import { addVersion } from '../certificates/versions.ts'
import { Refused, Unreachable } from '../connectors/authority/contract.ts'
import { errors } from '../errors.ts'
import { pemOf } from '../pem-text.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { isSignedBy } from '../x509/chain/link.ts'
import type { CertificateRequest } from '../x509/csr.ts'
import { checkRequest } from './certificate-request.ts'
import { type Acme, accountOf, type Endpoint, originOf, type Signed } from './endpoint.ts'
import { acmeErrors } from './errors.ts'
import { markIssued, type OrderRow } from './order-store.ts'
import { answerOf, mustFindOrder } from './orders.ts'
import { replacedLineage } from './renewal-info.ts'

const Finalize = z.object({ csr: z.string().max(100_000) })

export const issueEndpoints: Endpoint[] = [
  {
    path: '/order/:order/finalize',
    operationId: 'acmeFinalize',
    summary: 'Have the certificate of an order issued',
    signedBy: 'account',
    payload: Finalize,
    handle: finalize,
  },
  {
    path: '/certificate/:order',
    operationId: 'acmeCertificate',
    summary: 'The certificate of an order with its chain',
    signedBy: 'account',
    payload: null,
    handle: download,
  },
]

async function finalize(acme: Acme, request: Signed) {
  const { authority, params } = request
  const { csr } = Finalize.parse(request.payload)
  return acme.trust.platform.db.inTenant(authority.organizationId, async (tx) => {
    const order = await mustFindOrder(tx, request, params.order ?? '', { locked: true })
    if (order.status !== 'ready') {
      throw acmeErrors.problem('acme_order_not_ready', { message: `The order is ${order.status}` })
    }
    const wanted = checkRequest(csr, order.identifiers, request.key)
    const { organizationId } = authority
    if (await isCompromised(tx, organizationId, publicKeyHash(wanted.publicKey.der))) {
      const message = 'A certificate of its key was revoked because the key was compromised'
      throw acmeErrors.problem('acme_bad_csr', { message })
    }
    const issued = await issue(tx, acme, request, { order, wanted })
    const owner = { organizationId, accountId: order.accountId }
    await markIssued(tx, owner, { id: order.id, ...issued })
    return answerOf(authority, { ...order, status: 'valid' })
  })
}

async function issue(
  tx: Tx,
  acme: Acme,
  request: Signed,
  { order, wanted }: { order: OrderRow; wanted: CertificateRequest },
): Promise<{ certificateId: number; certificateNumber: number }> {
  const { authority } = request
  const { organizationId } = authority
  const account = accountOf(request)
  const der = await signed(tx, acme, request, { order, wanted })
  const facts = factsOf(der)
  const names = order.identifiers.map(({ value }) => value)
  const [commonName = ''] = names
  const replaced = await replacedLineage(tx, authority, order.replaces)
  const certificateId =
    replaced ??
    (await certificates.insert(tx, {
      organizationId,
      workspaceId: account.workspaceId,
      authorityId: authority.id,
      fallbackAuthorityId: null,
      renewalPolicyId: null,
      source: 'issued',
      commonName,
      names,
      key: keyOf(wanted.publicKey),
      validityDays: null,
      usages: ['serverAuth'],
      csr: Buffer.from(wanted.der),
      autoRenew: false,
      renewalThresholdDays: 30,
      deploymentTargets: [],
      createdBy: `acme:${account.id}`,
    }))
  const owner = { organizationId, workspaceId: account.workspaceId, certificateId }
  const version = { facts, issuedBy: authority.id, chain: null, sealedKey: null, renewalId: null }
  const certificateNumber = await addVersion(tx, owner, version, { days: 30 })
  const reach = { organizationId, workspaceId: null }
  const certificate = await certificates.find(tx, reach, certificateId)
  if (certificateNumber === null || certificate === null) {
    throw new Error('a certificate was not stored')
  }
  await recordChange(tx, originOf(request), certificate, {
    action: replaced === null ? 'certificate.issued' : 'certificate.renewed',
    details: { authority: authority.row.name, names, acmeAccount: account.id, acmeOrder: order.id },
    event: certificateIssued,
  })
  return { certificateId, certificateNumber }
}

async function signed(
  tx: Tx,
  { trust }: Acme,
  { authority }: Signed,
  { order, wanted }: { order: OrderRow; wanted: CertificateRequest },
): Promise<Uint8Array> {
  const names = order.identifiers.map(({ value }) => value)
  const connector = await trust.authorities.connector(tx, authority.row)
  const asked = {
    id: uuid7(),
    csr: wanted.der,
    commonName: names[0] ?? '',
    names,
    usages: ['serverAuth'] as const,
    validityDays: null,
  }
  try {
    const intent = await connector.prepare(asked, trust.platform.now())
    const answer = await connector.issue(asked, intent)
    if (answer.state === 'issued') return answer.certificate
    throw new Error('an internal authority did not issue at once')
  } catch (error) {
    if (error instanceof Unreachable) {
      throw errors.problem('authority_unavailable', { cause: error })
    }
    if (!(error instanceof Refused)) throw error
    throw acmeErrors.problem('acme_bad_csr', { message: error.message, cause: error })
  }
}

async function download(acme: Acme, request: Signed) {
  const { authority, params } = request
  const { organizationId } = authority
  const { db } = acme.trust.platform
  return db.inTenant(organizationId, async (tx) => {
    const order = await mustFindOrder(tx, request, params.order ?? '')
    const der = await certificateOf(tx, organizationId, order)
    const { issuer, issuers } = await acme.trust.authorities.keys(tx, authority.row)
    const leaf = parseCertificate(der)
    const { certificate } = issuers.find((each) => isSignedBy(leaf, each.certificate)) ?? issuer
    return { status: 200 as const, body: pemOf([der, certificate.der]) }
  })
}

async function certificateOf(tx: Tx, organizationId: string, order: OrderRow): Promise<Buffer> {
  const found = await tx.maybe<{ der: Buffer }>(sql`select der from certificate_versions
    where organization_id = ${organizationId} and certificate_id = ${order.certificateId}
      and number = ${order.certificateNumber}`)
  if (found === null) throw acmeErrors.problem('acme_missing')
  return found.der
}
