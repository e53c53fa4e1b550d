// Answers OCSP requests about the certificates of one internal authority.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Tx } from '../../platform/db.ts'
import type { AuthorityRow } from '../authorities/store.ts'
import { serialOf } from '../certificates/facts.ts'
import { Unreachable } from '../connectors/authority/contract.ts'
import type { Trust } from '../parts.ts'
import { X509Error } from '../x509/error.ts'
import {
  type CertificateId,
  isAbout,
  type OcspRequest,
  parseOcspRequest,
} from '../x509/ocsp/request.ts'
import {
  buildOcspResponse,
  type CertificateStatus,
  type OcspAnswer,
  ocspFailure,
} from '../x509/ocsp/response.ts'
import { reasonOfCode } from '../x509/revocation.ts'
import { serialMagnitude } from '../x509/serial-number.ts'
import { createResponders } from './responder.ts'
import * as store from './store.ts'

export interface OcspResponder {
  /** DER in, DER out; a request that cannot be read gets an answer that says so. */
  answer(row: AuthorityRow, request: Uint8Array): Promise<{ der: Uint8Array; maxAge: number }>
}

/** How long an answer may be believed; a revocation holds at once for whoever asks anew. */
const believedMs = 12 * 3_600_000
/** An answer without a nonce is signed once for so long. */
const keptMs = 1_000
const maxAge = 300
const keptBytesMax = 16 * 1024 * 1024
const questionsMax = 20

export function createOcsp(trust: Trust): OcspResponder {
  const responders = createResponders(trust)
  const signed = new LRUCache<string, Uint8Array>({
    maxSize: keptBytesMax,
    sizeCalculation: (der, key) => der.length + key.length,
    ttl: keptMs,
  })
  const { db, now } = trust.platform

  async function answerAll(tx: Tx, row: AuthorityRow, { ids, nonce }: OcspRequest) {
    const { issuer: newest, issuers } = await trust.authorities.keys(tx, row)
    // One answer has one signer: it speaks for the issuer of the first question.
    const [first] = ids
    const issuer =
      issuers.find(({ certificate }) => first !== undefined && isAbout(first, certificate)) ??
      newest
    const thisUpdate = new Date(Math.floor(now() / 1_000) * 1_000)
    // All that it signed has ended with it.
    if (issuer.certificate.validTo <= thisUpdate) return null
    const responder = await responders(tx, row, issuer)
    const nextUpdate = new Date(
      Math.min(thisUpdate.getTime() + believedMs, responder.certificate.validTo.getTime()),
    )
    const { generation } = issuer
    const answers: OcspAnswer[] = []
    for (const id of ids) {
      const known = isAbout(id, issuer.certificate)
      const status = known ? await statusOf(tx, { ...row, generation }, id) : 'unknown'
      answers.push({ id, status, thisUpdate, nextUpdate })
    }
    return buildOcspResponse({ answers, nonce, producedAt: thisUpdate }, responder)
  }

  /** A token that is away certifies no responder. */
  async function answered(row: AuthorityRow, asked: OcspRequest) {
    try {
      return await db.inTenant(row.organizationId, (tx) => answerAll(tx, row, asked))
    } catch (error) {
      if (error instanceof Unreachable) return 'later' as const
      throw error
    }
  }

  return {
    async answer(row, request) {
      const asked = read(request)
      if (asked === null) return { der: ocspFailure('malformedRequest'), maxAge: 0 }
      const key = nameOf(row, asked)
      const hit = asked.nonce === null ? signed.get(key) : undefined
      if (hit !== undefined) return { der: hit, maxAge }
      const der = await answered(row, asked)
      if (der === 'later') return { der: ocspFailure('tryLater'), maxAge: 0 }
      if (der === null) return { der: ocspFailure('unauthorized'), maxAge: 0 }
      if (asked.nonce !== null) return { der, maxAge: 0 }
      signed.set(key, der)
      return { der, maxAge }
    },
  }
}

/** Of what is asked; what else a request holds changes no answer. */
function nameOf({ organizationId, id }: AuthorityRow, { ids }: OcspRequest): string {
  const hash = createHash('sha256')
  for (const { der } of ids) hash.update(der)
  return `${organizationId} ${id} ${hash.digest('base64')}`
}

function read(request: Uint8Array): OcspRequest | null {
  try {
    const asked = parseOcspRequest(request)
    return asked.ids.length > questionsMax ? null : asked
  } catch (error) {
    if (error instanceof X509Error) return null
    throw error
  }
}

async function statusOf(
  tx: Tx,
  row: { organizationId: string; id: number; generation: number },
  id: CertificateId,
): Promise<CertificateStatus> {
  const serial = magnitudeOf(id)
  const found = serial === null ? null : await store.statusOf(tx, row, serial)
  if (found === null) return 'unknown'
  if (found.revokedAt === null) return 'good'
  return { at: new Date(found.revokedAt), reason: reasonOfCode(found.reason ?? 0) }
}

/** Null for a negative number, which no certificate of ours has. */
function magnitudeOf({ serialNumber }: CertificateId): Buffer | null {
  try {
    return serialOf(serialMagnitude(serialNumber))
  } catch (error) {
    if (error instanceof X509Error) return null
    throw error
  }
}
