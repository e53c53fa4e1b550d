// Moves a renewal from one state to the next. What is about to be asked of an authority is stored
// before it is asked, and what it answered before anything follows from it: so a crash between any
// two steps goes on with the same key, the same request and, here, the same serial number.
import type { Database, Tx } from '../../platform/db.ts'
import { Problem } from '../../platform/errors.ts'
import { findAuthority } from '../certificates/issue.ts'
import * as certificates from '../certificates/store.ts'
import { versionInForce } from '../certificates/versions.ts'
import {
  type Answer,
  type AuthorityConnector,
  type Order,
  Refused,
  Unreachable,
} from '../connectors/authority/contract.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { askAgent } from './ask-agent.ts'
import { type Fault, failRenewal, pressesOn } from './failure.ts'
import { storeIssued } from './finish.ts'
import { addStep, type RenewalRow, setStatus, waitingStep } from './store.ts'
import { materialOf, planRenewal, type Wish } from './wish.ts'
import { type Held, LeaseLost, type Move, type Moved, move } from './work.ts'

/** Answers the row as it is then; throws LeaseLost where another node went on with it. */
export async function step(trust: Trust, held: Held): Promise<Moved> {
  try {
    if (held.state === 'queued') return await prepare(trust, held)
    if (held.state === 'prepared' || held.state === 'ordered') return await order(trust, held)
    return await store(trust, held)
  } catch (error) {
    if (error instanceof LeaseLost) throw error
    return failRenewal(trust, held, faultOf(trust, held, error))
  }
}

async function prepare(trust: Trust, held: Held): Promise<Moved> {
  const { db, now } = trust.platform
  const { organizationId } = held
  const { plan, connector } = await db.inTenant(organizationId, async (tx) => {
    const byHand = held.method === 'csr'
    return {
      plan: await planRenewal(tx, held, await lineageOf(tx, held)),
      connector: byHand ? null : await connectorOf(trust, tx, held),
    }
  })
  if (plan.agent !== null) {
    return db.inTenant(organizationId, async (tx) => {
      await lineageOf(tx, held)
      return askAgent(tx, held, plan)
    })
  }
  const material = await materialOf(trust, held, plan)
  if (connector === null) {
    return write(db, held, { state: 'waiting_csr', ...material, intent: {} }, waitingStep)
  }
  const wish = { ...plan.wish, validityDays: daysOf(plan.wish, connector, now()) }
  const asked = { id: orderId(held), ...wish, csr: material.csr }
  const chosen = await connector.prepare(asked, now())
  const intent = { wish, chosen }
  return write(
    db,
    held,
    { state: 'prepared', ...material, intent },
    {
      step: 'prepared',
      outcome: 'done',
      message: preparedMessage(held, plan),
    },
  )
}

function preparedMessage({ agentId }: Held, { csr }: { csr: Buffer | null }): string {
  if (csr === null) return 'The key and the request are made'
  return agentId === null ? 'The request is as before' : 'The request is that of the agent'
}

/** Who wished for them is not here to ask: a shorter life is better than no renewal. */
function daysOf({ validityDays }: Wish, connector: AuthorityConnector, now: number) {
  const { daysMax = 0 } = connector.validity(now) ?? {}
  return validityDays === null || daysMax < 1 ? validityDays : Math.min(validityDays, daysMax)
}

async function order(trust: Trust, held: Held): Promise<Moved> {
  const { db } = trust.platform
  const { organizationId, certificateId } = held
  const { connector, previous, presses } = await db.inTenant(organizationId, async (tx) => {
    const current = await versionInForce(tx, { organizationId, certificateId })
    return {
      connector: await connectorOf(trust, tx, held),
      previous: current?.der ?? null,
      presses: pressesOn(await lineageOf(tx, held), held, trust.platform.now()),
    }
  })
  const { wish, chosen } = held.intent as { wish: Wish; chosen: object }
  const asked: Order = { id: orderId(held), ...wish, csr: held.csr ?? Buffer.of() }
  const answer = await connector.renew(asked, { ...chosen }, previous)
  if (presses && answer.state === 'pending' && answer.retryAfterMs > 0) {
    throw new Unreachable(`${answer.message ?? 'the order is pending'}, and time is running out`)
  }
  return write(db, held, moveBy(answer, wish), stepBy(answer))
}

function moveBy(answer: Answer, wish: Wish): Move {
  switch (answer.state) {
    case 'issued':
      return { state: 'issued', der: Buffer.from(answer.certificate), chain: answer.chain }
    case 'pending':
      return {
        state: 'ordered',
        intent: { wish, chosen: answer.intent },
        delayMs: answer.retryAfterMs,
      }
    default:
      return { state: 'waiting_csr' }
  }
}

function stepBy(answer: Answer) {
  switch (answer.state) {
    case 'issued':
      return { step: 'issued', outcome: 'done', message: 'The authority has issued it' } as const
    case 'pending': {
      const { message = 'The authority has the order and has not issued yet' } = answer
      const outcome = answer.retryAfterMs === 0 ? 'done' : 'waiting'
      return { step: 'ordered', outcome, message } as const
    }
    default:
      return waitingStep
  }
}

async function store(trust: Trust, held: Held): Promise<Moved> {
  return trust.platform.db.inTenant(held.organizationId, (tx) => storeIssued(tx, held))
}

async function write(
  db: Database,
  held: Held,
  to: Move,
  told: Parameters<typeof addStep>[2],
): Promise<Moved> {
  return db.inTenant(held.organizationId, async (tx) => {
    // The certificate before its renewal, here and everywhere: else two would wait for each other.
    await lineageOf(tx, held)
    const next = await move(tx, held, to)
    await addStep(tx, held, told)
    if (to.state === 'waiting_csr') await setStatus(tx, held, 'waiting_csr')
    return next
  })
}

async function lineageOf(tx: Tx, held: RenewalRow) {
  const { organizationId, certificateId } = held
  const lineage = await certificates.lock(tx, { organizationId, workspaceId: null }, certificateId)
  if (lineage === null) throw errors.problem('certificate_not_found')
  return lineage
}

/** Throws CA_NOT_CONFIGURED where it was deleted meanwhile. */
async function connectorOf(trust: Trust, tx: Tx, { organizationId, authorityId }: RenewalRow) {
  return trust.authorities.connector(tx, await findAuthority(tx, organizationId, authorityId))
}

function orderId({ organizationId, id }: RenewalRow): string {
  return `${organizationId}/${id}`
}

/** What is our own fault is tried again too, ever later: what is away comes back. */
function faultOf({ platform }: Trust, { id }: Held, error: unknown): Fault {
  if (error instanceof Refused) {
    return { passing: false, code: 'certificate_refused', message: error.message }
  }
  if (error instanceof Problem) {
    return { passing: false, code: error.code, message: error.message }
  }
  if (error instanceof Unreachable) {
    const { message, retryAfterMs } = error
    return { passing: true, code: 'authority_unreachable', message, retryAfterMs }
  }
  platform.log.error({ renewal: id, err: error }, 'a step of a renewal failed unforeseen')
  const message = 'Something failed here; the log tells what, and it is tried again'
  return { passing: true, code: 'internal_error', message }
}
