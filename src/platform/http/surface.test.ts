// What a handler is given, over real connections.
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { common } from '../errors.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { type Route, route } from './route.ts'
import { createHttp } from './server.ts'

async function serving(handle: (request: { signal: AbortSignal }) => Promise<unknown>) {
  const routes: Route[] = [
    route({
      method: 'GET',
      path: '/wait',
      operationId: 'wait',
      summary: 'Waits',
      tag: 'Waits',
      permission: 'public',
      status: 200,
      reply: z.object({ aborted: z.boolean() }),
      handle: (request) => handle(request) as Promise<{ aborted: boolean }>,
    }),
  ]
  const app = await createHttp({
    mounts: new Map([['gate', routes]]),
    errors: common.entries,
    access: { admit: () => Promise.reject(common.problem('unauthorized')) },
    noteRefused: () => undefined,
    log: createLog({ level: 'silent' }),
    metrics: createMetrics(),
    metricsToken: null,
    ready: async () => undefined,
    surfaceHosts: new Map(),
    version: '0.0.0',
    publicUrl: 'http://localhost',
  })
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  return { app, url }
}

/** Asks and goes away once the handler runs; answers the signal that the handler then has. */
async function leftSignal(asksLate: boolean): Promise<AbortSignal> {
  const started = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const seen = Promise.withResolvers<AbortSignal>()
  const { app, url } = await serving(async (request) => {
    const early = asksLate ? undefined : request.signal
    started.resolve()
    await left.promise
    seen.resolve(early ?? request.signal)
    return { aborted: true }
  })
  const gone = new Promise((resolve) => {
    app.server.once('connection', (socket) => socket.once('close', resolve))
  })
  const socket = connect(Number(url.port), url.hostname)
  await once(socket, 'connect')
  socket.write('GET /gate/wait HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await started.promise
  socket.destroy()
  await gone
  left.resolve()
  const signal = await seen.promise
  await app.close()
  return signal
}

it.each([false, true])('tells that the client went away, asked for late: %s', async (asksLate) => {
  const signal = await leftSignal(asksLate)
  expect(signal.aborted).toBe(true)
  expect(signal.reason.message).toBe('the client went away')
})

it('says nothing of the kind of who waits for the answer', async () => {
  const signals: AbortSignal[] = []
  const { app, url } = await serving(async ({ signal }) => {
    signals.push(signal)
    return { aborted: signal.aborted, more: 'that no schema names' }
  })
  const answer = await fetch(new URL('/gate/wait', url))
  expect(await answer.json()).toEqual({ aborted: false })
  await app.close()
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
})
