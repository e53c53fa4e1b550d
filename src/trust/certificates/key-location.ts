// Where the private key of a certificate is made: on the host that serves it, where there is but
// one, so that it never leaves it; else here.
import type { Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { find, findLiving, type LivingAgent } from '../agents/store.ts'
import { errors } from '../errors.ts'
import { type NamedTarget, targetsNamed } from '../targets/store.ts'

export interface KeyPlace {
  organizationId: string
  workspaceId: string
  deploymentTargets: readonly string[]
  /** As it is stored: `server`, `agent:<id>`, or null where only its owner has the key. */
  keyLocation: string | null
}

/** Why no agent can make the key although it is with one. */
export class NoKeyAgent extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NoKeyAgent'
  }
}

/** The agent that makes the key; null where the server does. Throws NoKeyAgent. */
export async function keyAgentOf(tx: Tx, place: KeyPlace): Promise<LivingAgent | null> {
  const { organizationId, keyLocation } = place
  if (keyLocation === 'server') return null
  const owners = ownersOf(await targetsNamed(tx, place, place.deploymentTargets))
  const holder = agentOf(keyLocation)
  if (owners.length > 1) {
    if (holder === null) return null
    const message = 'Its private key does not leave its agent, and its targets belong to several'
    throw new NoKeyAgent(`${message}: name targets of one agent, or set keyLocation to server`)
  }
  const id = owners[0] ?? holder
  if (id === null) return null
  const agent = await findLiving(tx, { organizationId, id })
  if (agent !== null || holder === null) return agent
  const message = 'The agent that has its private key was revoked'
  throw new NoKeyAgent(`${message}: name targets of another agent, or set keyLocation to server`)
}

/**
 * Of a wish. Throws `invalid_request` where an agent is asked for and no single one has the
 * targets, AGENT_UNAVAILABLE where it must be there and is away.
 */
export async function requireKeyAgent(
  tx: Tx,
  place: Omit<KeyPlace, 'keyLocation'>,
  { asked, online }: { asked: boolean; online: boolean },
): Promise<LivingAgent | null> {
  const agent = await keyAgentOf(tx, { ...place, keyLocation: null })
  if (agent === null) {
    if (!asked) return null
    const why = 'can be agent only where deploymentTargets exist and one agent has all of them'
    throw invalidField('keyLocation', `${why}: a private key does not leave its host`)
  }
  const { organizationId } = place
  const seen = await find(tx, { organizationId, workspaceId: null }, agent.id)
  if (!online || seen?.status === 'online') return agent
  throw errors.problem('agent_unavailable', {
    message: `The agent ${agent.name}, which is to make the key, is away`,
    details: { agentId: agent.id, field: 'keyLocation', accepted: ['server'] },
  })
}

export function agentOf(keyLocation: string | null): string | null {
  return keyLocation?.startsWith('agent:') ? keyLocation.slice('agent:'.length) : null
}

function ownersOf(targets: readonly NamedTarget[]): string[] {
  return [...new Set(targets.map(({ agentId }) => agentId))]
}
