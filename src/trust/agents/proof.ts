// Checks that a request comes from the agent that it names: an agent key alone proves nothing, it
// may have been stolen. A stranger learns no more than that it is not accepted; only who has signed
// is told what was wrong.
import type { Problem } from '../../platform/errors.ts'
import type { Request } from '../../platform/http/route.ts'
import { ProofClaims } from '../connectors/agent-protocol.ts'
import {
  bodyHash,
  proofType,
  rawPublicKey,
  readWords,
  signerOf,
} from '../connectors/agent-words.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import * as store from './store.ts'

const secondsMax = 60
const proofMax = 4_000
const idForm = /^\w{1,100}$/

type AgentRequest = Request<unknown, unknown, unknown>

/** The key is one of an agent. Throws AGENT_NOT_ACCEPTED. */
export function requireAgentKey({ headers }: Pick<AgentRequest, 'headers'>): void {
  const key = headers['x-agent-api-key']
  if (typeof key === 'string' && key.startsWith('ak_')) return
  throw refused('Agents send their key (ak_…) in the header X-Agent-API-Key')
}

/**
 * @param body the text as it came; empty where there is none
 * @throws AGENT_NOT_ACCEPTED
 */
export async function provenAgent(
  { platform }: Trust,
  request: AgentRequest,
  method: 'GET' | 'POST',
  body: string,
): Promise<store.LivingAgent> {
  requireAgentKey(request)
  const { caller, headers, url, address } = request
  const { organizationId, workspaceId, actor } = caller
  const proof = headers['x-agent-proof']
  const id =
    typeof proof === 'string' && proof.length <= proofMax ? signerOf(proof, proofType) : null
  if (id === null || !idForm.test(id)) throw refused()
  return platform.db.inTenant(organizationId, async (tx) => {
    const agent = await store.findLiving(tx, { organizationId, id })
    if (agent === null || agent.workspaceId !== workspaceId) throw refused()
    const read = readWords(String(proof), rawPublicKey('Ed25519', agent.proofKey), proofType)
    const claims = ProofClaims.safeParse(read)
    if (read === null || !claims.success) throw refused()
    const fault = faultOf(claims.data, { method, url, body, now: platform.now() })
    if (fault !== null) throw refused(fault)
    if (!(await store.takeProof(tx, agent, claims.data.jti))) {
      throw refused('The proof was used before: each holds once')
    }
    await store.noteSeen(tx, agent, { keyId: actor.id, address })
    return agent
  })
}

function faultOf(
  claims: ProofClaims,
  asked: { method: string; url: string; body: string; now: number },
): string | null {
  if (Math.abs(asked.now / 1_000 - claims.iat) > secondsMax) {
    const now = new Date(asked.now).toISOString()
    return `The proof is of another time: here it is ${now}, and ${secondsMax} s may lie between`
  }
  if (claims.method !== asked.method || claims.path !== asked.url) {
    return 'The proof is for another request'
  }
  if (claims.body !== bodyHash(asked.body)) return 'The proof is for another body'
  return null
}

function refused(message?: string): Problem {
  return errors.problem('agent_not_accepted', message === undefined ? {} : { message })
}
