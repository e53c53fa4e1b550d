import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { withMutex } from './mutex.ts'

const newName = () => `panthera-test-${randomUUID()}`

describe('withMutex', () => {
  it('runs one holder at a time and answers what each returned', async () => {
    const name = newName()
    let inside = 0
    let most = 0
    const work = async (value: number) => {
      inside += 1
      most = Math.max(most, inside)
      await delay(5)
      inside -= 1
      return value
    }
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((value) => withMutex(name, { timeoutMs: 20_000 }, () => work(value))),
    )
    expect(results).toEqual([1, 2, 3, 4, 5])
    expect(most).toBe(1)
  })

  it('is free again after work that throws', async () => {
    const name = newName()
    const failing = withMutex(name, { timeoutMs: 1_000 }, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(await withMutex(name, { timeoutMs: 1_000 }, async () => 'free')).toBe('free')
  })

  it('is free again when a process that holds it is killed', async () => {
    const name = newName()
    const holder = await holdElsewhere(name)
    const waiting = withMutex(name, { timeoutMs: 20_000 }, async () => 'mine')
    holder.kill('SIGKILL')
    expect(await waiting).toBe('mine')
  })

  it('gives up after its time and names the holder', async () => {
    const name = newName()
    const holder = await holdElsewhere(name)
    const waiting = withMutex(name, { timeoutMs: 50 }, async () => 'mine')
    await expect(waiting).rejects.toMatchObject({
      code: 'postgres_busy',
      message: expect.stringContaining(`process ${holder.pid} `),
    })
    holder.kill('SIGKILL')
  })

  it('stops waiting when it is told to', async () => {
    const name = newName()
    const leaving = new AbortController()
    await withMutex(name, { timeoutMs: 1_000 }, async () => {
      const options = { timeoutMs: 20_000, signal: leaving.signal }
      const waiting = withMutex(name, options, async () => 'mine')
      setTimeout(() => leaving.abort(new Error('leaving')), 20)
      await expect(waiting).rejects.toThrow('leaving')
    })
  })
})

async function holdElsewhere(name: string) {
  const script = `
    const { withMutex } = await import(${JSON.stringify(new URL('./mutex.ts', import.meta.url))})
    await withMutex(${JSON.stringify(name)}, { timeoutMs: 1000 }, () => {
      console.log('held')
      return new Promise((resolve) => setTimeout(resolve, 60_000))
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}
