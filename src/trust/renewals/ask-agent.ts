// A renewal whose key is made on the host: its agent is asked for a request, and the renewal waits
// for it as its row says, through any crash of either side.
import { sql, type Tx } from '../../platform/db.ts'
import { insertJob, type JobRow } from '../agents/jobs.ts'
import { agentOf } from '../certificates/key-location.ts'
import { Refused } from '../connectors/authority/contract.ts'
import { addStep } from './store.ts'
import type { Plan } from './wish.ts'
import { type Held, type Moved, move } from './work.ts'

const dayMs = 86_400_000
const namesMax = 100
const nameMax = 253

/** The certificate is locked. */
export async function askAgent(tx: Tx, held: Held, plan: Plan): Promise<Moved> {
  const { agent, wish } = plan
  if (agent === null) throw new Error('this renewal has no agent to ask')
  if (wish.names.length > namesMax || wish.names.some((name) => name.length > nameMax)) {
    const most = `at most ${namesMax} names of at most ${nameMax} characters`
    throw new Refused(`agents make requests for ${most}`)
  }
  const next = await move(tx, held, {
    state: 'waiting_agent',
    csr: null,
    sealedKey: null,
    agentId: agent.id,
  })
  await insertJob(tx, {
    organizationId: held.organizationId,
    agentId: agent.id,
    kind: 'make_key',
    renewalId: held.id,
    work: {
      certificateId: held.certificateId,
      renewalId: held.id,
      commonName: wish.commonName.slice(0, 253),
      names: wish.names,
      keyType: plan.key.type,
      keySize: plan.key.size,
      reuseKey: plan.reusesKey && agentOf(plan.keyLocation) === agent.id,
    },
    lastsMs: dayMs,
  })
  await addStep(tx, held, {
    step: 'waiting_agent',
    outcome: 'waiting',
    message: `The agent ${agent.name} is asked to make the key and the request`,
  })
  return next
}

/** Whether the renewal of a job is still without its request. */
export async function stillWaits(tx: Tx, job: JobRow): Promise<boolean> {
  const found = await tx.maybe(sql`select 1 as one from renewals
    where organization_id = ${job.organizationId} and id = ${job.renewalId}
      and state = 'waiting_agent' and agent_id = ${job.agentId}`)
  return found !== null
}
