// The pipeline by itself, over a list in memory: what it does when its surroundings fail.
import { describe, expect, it } from 'vitest'
import { createLog } from '../log.ts'
import type { Attempt } from './attempt.ts'
import { closedBreaker } from './breaker.ts'
import type { Claimed } from './claim.ts'
import { createPipeline, type PipelineWork } from './pipeline.ts'

const never = new AbortController().signal
const log = createLog({ level: 'silent' })

const attempt: Attempt = { at: '', durationMs: 1, status: 204, error: null, retryAfter: null }

function delivery(id: string): Claimed {
  return {
    organizationId: 'o',
    id,
    endpointId: 'e',
    messageId: id,
    attempts: 0,
    url: '',
    body: '',
    sealedSecrets: Buffer.alloc(0),
    breaker: closedBreaker,
  }
}

/** Work that hands out what is in `due`, and keeps what was sent and written. */
function workOver(due: Claimed[], replaced: Partial<PipelineWork> = {}) {
  const sent: string[] = []
  const written: string[] = []
  const released: string[] = []
  const work: PipelineWork = {
    claim: async ({ places }) => due.splice(0, places),
    async attempt({ id }) {
      sent.push(id)
      return attempt
    },
    async settle(results) {
      written.push(...results.map((result) => result.delivery.id))
    },
    async release(deliveries) {
      released.push(...deliveries.map(({ id }) => id))
    },
    ...replaced,
  }
  return { work, sent, written, released }
}

describe('a pipeline', () => {
  it('ends when nothing is due', async () => {
    const { work, sent, written } = workOver(['a', 'b'].map(delivery))
    await createPipeline(work, log).run(never)
    expect([sent, written]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('writes results again until they are written, without sending again', async () => {
    let failures = 2
    const due = ['a', 'b'].map(delivery)
    const { work, sent, written } = workOver(due)
    const { settle } = work
    await createPipeline(
      {
        ...work,
        async settle(results) {
          failures -= 1
          if (failures >= 0) throw new Error('the database is away')
          await settle(results)
        },
      },
      log,
    ).run(never)
    expect(sent).toEqual(['a', 'b'])
    expect(written).toEqual(['a', 'b'])
  })

  it('brings what is under way to its end when a claim fails, and then says so', async () => {
    let claims = 0
    const { work, written } = workOver([], {
      async claim() {
        claims += 1
        if (claims > 1) throw new Error('the database is away')
        return [delivery('a')]
      },
    })
    await expect(createPipeline(work, log).run(never)).rejects.toThrow('away')
    expect(written).toEqual(['a'])
  })

  it('does not send what it holds already', async () => {
    const answers = Promise.withResolvers<Attempt>()
    let claims = 0
    const sent: string[] = []
    const { work } = workOver([], {
      async claim() {
        claims += 1
        if (claims === 2) answers.resolve(attempt)
        return claims <= 2 ? [delivery('a')] : []
      },
      attempt({ id }) {
        sent.push(id)
        return answers.promise
      },
    })
    await createPipeline(work, log).run(never)
    expect(sent).toEqual(['a'])
  })

  it('looks again when it is asked to while it runs', async () => {
    const due = [delivery('a')]
    const answers = Promise.withResolvers<Attempt>()
    const { work, written } = workOver(due, { attempt: () => answers.promise })
    const pipeline = createPipeline(work, log)
    const running = pipeline.run(never)
    await new Promise((resolve) => setTimeout(resolve, 20))
    due.push(delivery('b'))
    await pipeline.run(never)
    answers.resolve(attempt)
    await running
    expect(written.toSorted()).toEqual(['a', 'b'])
  })

  it('claims nothing after a stop', async () => {
    const { work, sent } = workOver([delivery('a')])
    await createPipeline(work, log).run(AbortSignal.abort())
    expect(sent).toEqual([])
  })
})
