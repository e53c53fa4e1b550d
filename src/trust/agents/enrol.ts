// Enrols an agent: from then on the keys that it made say who it is, and its API key only where it
// belongs.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { prefixedId } from '../../platform/ids.ts'
import { tenantSigningKey } from '../../platform/tenant-signing-key.ts'
import type { Enrolled, Enrolment } from '../connectors/agent-protocol.ts'
import { rawPublicKey, sealFor } from '../connectors/agent-words.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import * as store from './store.ts'

/** Purpose of the key with which an organization signs the jobs of its agents. */
export const jobKeyPurpose = 'agent-jobs'

/** Living ones of an organization: a key that leaked cannot enrol without end. */
const agentsMax = 10_000

/**
 * An agent that enrols again, as with every start, is the same. Throws AGENT_NAME_TAKEN where
 * another living one has the name, AGENT_REVOKED where this one is none any more, TOO_MANY_AGENTS.
 */
export async function enrolAgent(
  { platform }: Trust,
  origin: Origin,
  told: Enrolment,
): Promise<Enrolled> {
  const { organizationId, workspaceId, actor } = origin.caller
  const proofKey = rawKey('proofKey', told.proofKey)
  const sealingKey = rawKey('sealingKey', told.sealingKey)
  requireUsable(sealingKey)
  const { name, proofKey: _, sealingKey: __, ...described } = told
  const about = { ...described, keyId: actor.id, address: origin.address }
  return platform.db.inTenant(organizationId, async (tx) => {
    const place = { organizationId, purpose: jobKeyPurpose }
    const { publicKey } = await tenantSigningKey(tx, platform.secrets, place)
    const serverKey = publicKey.toString('base64')
    const id = prefixedId('agent')
    const made = { ...about, organizationId, id, workspaceId, name, proofKey, sealingKey }
    if (await store.insert(tx, made)) {
      if ((await store.count(tx, organizationId)) > agentsMax) {
        throw errors.problem('too_many_agents', { details: { max: agentsMax } })
      }
      await appendAudit(tx, origin, {
        action: 'agent.enrolled',
        objectType: 'agent',
        objectId: id,
        details: { name, hostname: told.hostname, version: told.version },
      })
      return { agentId: id, serverKey }
    }
    return { agentId: await sameAgain(tx, made), serverKey }
  })
}

async function sameAgain(tx: Tx, made: store.NewAgent): Promise<string> {
  const known = await store.findByProofKey(tx, made.organizationId, made.proofKey)
  const details = { field: 'name', name: made.name }
  if (known === null) throw errors.problem('agent_name_taken', { details })
  if (known.revokedAt !== null) throw errors.problem('agent_revoked', { details })
  const isSame = known.workspaceId === made.workspaceId && known.sealingKey.equals(made.sealingKey)
  if (!isSame) throw invalidField('proofKey', 'is the key of another agent')
  if (known.name !== made.name) {
    const message = `is ${known.name} for the agent with these keys: revoke it to enrol another`
    throw invalidField('name', message)
  }
  await store.describe(tx, known, made)
  return known.id
}

function rawKey(field: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 32) return bytes
  throw invalidField(field, 'must be the 32 bytes of a public key, as base64')
}

/** With some points every shared secret is zero. */
function requireUsable(sealingKey: Buffer): void {
  try {
    sealFor(rawPublicKey('X25519', sealingKey), 'trial', Buffer.of())
  } catch {
    throw invalidField('sealingKey', 'is no X25519 key to which anything can be sealed')
  }
}
