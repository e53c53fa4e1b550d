import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, hasDatabase } from '../../test/fixtures/database.ts'
import { createJobs, type Jobs, type Queue } from './jobs.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'

describe.skipIf(!hasDatabase)('jobs', () => {
  let url: string
  let drop: () => Promise<void>
  beforeAll(async () => {
    const database = await createTestDatabase()
    url = database.url
    drop = database.drop
  })
  afterAll(() => drop())

  const node = (): Jobs =>
    createJobs({ connection: url, log: createLog({ level: 'silent' }), metrics: createMetrics() })

  const queue = (parts: Partial<Queue<{ id: string }>>): Queue<{ id: string }> => ({
    name: 'test.queue',
    concurrency: 1,
    sweepMs: 200,
    due: async () => [],
    run: async () => undefined,
    ...parts,
  })

  it('run what they are woken for', async () => {
    const ran = Promise.withResolvers<string>()
    const jobs = node()
    await jobs.start([queue({ run: async ({ id }) => ran.resolve(id) }) as Queue])
    await jobs.wake({ queue: 'test.queue', key: 'a', data: { id: 'a' } })
    expect(await ran.promise).toBe('a')
    await jobs.stop()
  })

  it('find by sweeping what no wake arrived for', async () => {
    const ran = Promise.withResolvers<string>()
    const jobs = node()
    const rows = [{ key: 'lost', data: { id: 'lost' } }]
    await jobs.start([
      queue({ due: async () => rows, run: async ({ id }) => ran.resolve(id) }) as Queue,
    ])
    expect(await ran.promise).toBe('lost')
    await jobs.stop()
  })

  it('go on after one that fails', async () => {
    const ran = Promise.withResolvers<void>()
    const jobs = node()
    const run = async ({ id }: { id: string }) => {
      if (id === 'bad') throw new Error('bad')
      ran.resolve()
    }
    await jobs.start([queue({ run }) as Queue])
    await jobs.wake({ queue: 'test.queue', key: 'bad', data: { id: 'bad' } })
    await jobs.wake({ queue: 'test.queue', key: 'good', data: { id: 'good' } })
    await ran.promise
    await jobs.stop()
  })

  it('are told to let go at shutdown, and waited for', async () => {
    const started = Promise.withResolvers<void>()
    let released = false
    const jobs = node()
    const run = async (_data: object, signal: AbortSignal) => {
      started.resolve()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      released = true
    }
    await jobs.start([queue({ run }) as Queue])
    await jobs.wake({ queue: 'test.queue', key: 'long', data: { id: 'long' } })
    await started.promise
    await jobs.stop()
    expect(released).toBe(true)
  })
})
