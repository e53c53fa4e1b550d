// List requests a second through the whole pipeline (key, limit, permission, validation, database
// under row-level security), beside a bare Fastify route that answers a constant of the same size.
// Load comes from a process of its own over kept-alive connections on loopback.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import { print, startServer } from './measure.ts'

const load = fileURLToPath(new URL('./load.ts', import.meta.url))

export interface LoadResult {
  perSecond: number
  p50Ms: number
  p99Ms: number
}

function measure(url: string, key: string): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(load, [url, key])
    child.once('message', (result) => resolve(result as LoadResult))
    child.once('exit', (code) => code !== 0 && reject(new Error(`the load ended with ${code}`)))
  })
}

const server = await startServer()
const key = server.keys.gate ?? ''
const findings = await measure(`${server.url}/gate/api/findings`, key)
const scansUrl = `${server.url}/gate/api/scans?organization_id=${server.organizationId}`
const scans = await measure(scansUrl, key)
await server.stop()

const bare = Fastify()
bare.get('/', () => ({ findings: [], total: 0, limit: 20, offset: 0 }))
const bareUrl = await bare.listen({ host: '127.0.0.1', port: 0 })
const beside = await measure(bareUrl, key)
await bare.close()

const peer = `bare Fastify ${Math.round(beside.perSecond)}/s, p99 ${beside.p99Ms.toFixed(1)} ms`
print(
  [['GET /gate/api/findings', findings] as const, ['GET /gate/api/scans', scans] as const].map(
    ([what, { perSecond, p99Ms }]) => ({
      what,
      ours: `${Math.round(perSecond)}/s`,
      peer: `p99 ${p99Ms.toFixed(1)} ms; ${peer}`,
    }),
  ),
)
