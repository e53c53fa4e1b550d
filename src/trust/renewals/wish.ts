// What a renewal asks for: the names, the key and the life of the certificate that it follows.
import type { Tx } from '../../platform/db.ts'
import type { LivingAgent } from '../agents/store.ts'
import { isCompromised } from '../certificates/compromised.ts'
import { publicKeyHash } from '../certificates/facts.ts'
import { keyAgentOf, NoKeyAgent } from '../certificates/key-location.ts'
import { wantedNames } from '../certificates/names.ts'
import { makeKey, openKey, sealKey } from '../certificates/private-keys.ts'
import { requestFor } from '../certificates/request.ts'
import type { Lineage } from '../certificates/store.ts'
import { versionInForce } from '../certificates/versions.ts'
import { type Order, Refused } from '../connectors/authority/contract.ts'
import { type KeySpec, type KeyType, keySpecOf } from '../key-spec.ts'
import type { Trust } from '../parts.ts'
import * as policies from '../policies/store.ts'
import { parseRequest } from '../x509/csr.ts'
import type { RenewalRow } from './store.ts'

export type Wish = Pick<Order, 'commonName' | 'names' | 'usages' | 'validityDays'>

export interface Plan {
  wish: Wish
  /** The owner's own request, or its agent's, whose key is not here. */
  csr: Buffer | null
  /** Who makes the key and the request; null where they are made here, or are there already. */
  agent: LivingAgent | null
  keyLocation: string | null
  /** The key that is there goes on, where it is. */
  reusesKey: boolean
  /** The key that goes on; null where a new one is to be made. */
  sealedKey: Buffer | null
  key: KeySpec
}

/**
 * Reads what there is; throws a Problem where no authority could issue such names, Refused where
 * the owner's key was revoked as compromised.
 */
export async function planRenewal(tx: Tx, row: RenewalRow, lineage: Lineage): Promise<Plan> {
  const { organizationId, certificateId } = row
  const policy =
    lineage.renewalPolicyId === null
      ? null
      : await policies.find(tx, organizationId, lineage.renewalPolicyId)
  const current = await versionInForce(tx, { organizationId, certificateId })
  // Who revoked it may have lost the key.
  const rotates =
    (policy?.keyRotation ?? true) ||
    lineage.revokedAt !== null ||
    (current !== null && (await isCompromised(tx, organizationId, current.publicKeySha256)))
  if (lineage.csr !== null) await requireSoundKey(tx, organizationId, lineage.csr)
  const names = namesOf(lineage)
  const agent = await agentFor(tx, row, lineage)
  const isMade = agent !== null && row.agentId === agent.id && row.csr !== null
  return {
    wish: {
      commonName: names.commonName,
      names: names.all,
      usages: lineage.usages,
      validityDays: lineage.validityDays,
    },
    csr: isMade ? row.csr : lineage.csr,
    agent: isMade ? null : agent,
    keyLocation: current?.keyLocation ?? null,
    reusesKey: !rotates,
    sealedKey: rotates ? null : (current?.sealedKey ?? null),
    key: specOf(policy?.keyType ?? lineage.keyType, policy?.keySize ?? lineage.keySize),
  }
}

async function agentFor(tx: Tx, { organizationId }: RenewalRow, lineage: Lineage) {
  if (lineage.csr !== null) return null
  try {
    return await keyAgentOf(tx, { organizationId, ...lineage })
  } catch (error) {
    if (error instanceof NoKeyAgent) throw new Refused(error.message)
    throw error
  }
}

/** The key and the request. Keys are made outside any transaction. */
export async function materialOf({ platform }: Trust, row: RenewalRow, plan: Plan) {
  if (plan.csr !== null) return { csr: plan.csr, sealedKey: null }
  const { organizationId } = row
  const key =
    plan.sealedKey === null
      ? await makeKey(plan.key)
      : openKey(platform.secrets, organizationId, plan.sealedKey)
  const names = { commonName: plan.wish.commonName, all: [...plan.wish.names] }
  return {
    csr: await requestFor(names, key),
    sealedKey: sealKey(platform.secrets, organizationId, key),
  }
}

async function requireSoundKey(tx: Tx, organizationId: string, csr: Buffer): Promise<void> {
  const { publicKey } = parseRequest(csr)
  if (!(await isCompromised(tx, organizationId, publicKeyHash(publicKey.der)))) return
  const message = 'the key of its request was revoked as compromised; issue one with another key'
  throw new Refused(message, 'csr')
}

/** An imported certificate may have a common name that is none; its other names count then. */
function namesOf({ commonName, names }: Lineage) {
  const [first, ...others] = names
  const isName = names.includes(commonName) || first === undefined
  return isName
    ? wantedNames({ commonName, subjectAlternativeNames: names }, null)
    : wantedNames({ commonName: first, subjectAlternativeNames: others }, null)
}

/** What is not made here any more becomes what is usual. */
function specOf(type: string, size: number): KeySpec {
  try {
    return keySpecOf({ keyType: type as KeyType, keySize: size })
  } catch {
    return keySpecOf({ keyType: type === 'RSA' ? 'RSA' : 'ECDSA' })
  }
}
