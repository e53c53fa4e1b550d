// Nothing is answered that is not in the log.
import { describe, expect, it } from 'vitest'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import type { PoliciesInForce } from '../authorization/active-policies.ts'
import { noNeeds } from '../policy/rules/context.ts'
import type { DecisionLog } from './log.ts'
import { decisionService } from './service.ts'

const inForce = { needs: noNeeds, generation: 1 } as PoliciesInForce
const caller = { organizationId: 'o', actor: { id: 'key' }, scopes: [] } as unknown as Caller
const asked = {
  principal: 'nobody',
  action: 'read',
  resource: { type: 'document', id: '1' },
  context: {},
}

/** @param refused how often there is no room */
function serviceWith(refused: number, room: DecisionLog['room']) {
  const logged: string[] = []
  const append: DecisionLog['append'] = ({ id }) => refused-- <= 0 && logged.push(id) > 0
  const service = decisionService({
    policies: { ready: () => inForce },
    entities: { principal: () => null, resource: () => null },
    log: { append, room },
    now: Date.now,
  } as unknown as Parameters<typeof decisionService>[0])
  return { logged, answer: () => service.evaluate(caller, asked, null) }
}

describe('a full log', () => {
  it('is waited for, and what is answered is what is logged', async () => {
    const { logged, answer } = serviceWith(3, async () => undefined)
    const { id } = await answer()
    expect(logged).toEqual([id])
  })

  it('that is not written gives no answer', async () => {
    const { logged, answer } = serviceWith(1, () => Promise.reject(common.problem('unavailable')))
    await expect(answer()).rejects.toMatchObject({ status: 503 })
    expect(logged).toEqual([])
  })

  it('that stays full gives none either, and says when to come again', async () => {
    const { answer } = serviceWith(Number.POSITIVE_INFINITY, async () => undefined)
    const headers = { 'retry-after': expect.any(String) }
    await expect(answer()).rejects.toMatchObject({ status: 503, headers })
  })
})
