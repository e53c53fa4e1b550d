// A bounded load on one URL of this machine: 32 connections, 4 seconds after one of warm-up.
import { Pool } from 'undici'
import { percentile } from './measure.ts'

const [url = '', key = ''] = process.argv.slice(2)
const connections = 32
const warmUpMs = 1_000
const measuredMs = 4_000

const target = new URL(url)
if (target.hostname !== '127.0.0.1') throw new Error('a load is sent to this machine only')
const pool = new Pool(target.origin, { connections, pipelining: 1 })
const path = `${target.pathname}${target.search}`
const startedAt = performance.now()
const times: number[] = []

async function worker(): Promise<void> {
  for (;;) {
    const askedAt = performance.now()
    if (askedAt - startedAt > warmUpMs + measuredMs) return
    const headers = { authorization: `Bearer ${key}` }
    const answer = await pool.request({ path, method: 'GET', headers })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`)
    if (askedAt - startedAt > warmUpMs) times.push(performance.now() - askedAt)
  }
}

await Promise.all(Array.from({ length: connections }, worker))
await pool.close()
process.send?.({
  perSecond: times.length / (measuredMs / 1_000),
  p50Ms: percentile(times, 50),
  p99Ms: percentile(times, 99),
})
