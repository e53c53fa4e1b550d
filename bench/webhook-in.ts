// How long a code host waits for the answer to a delivery, which comes after it is stored with its
// check, its audit row and its event. Each is another commit, so that none is a repetition. A node
// without workers, as one that only serves; the database is beside it.
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import { cpuMs, percentile, print, startServer } from './measure.ts'

const warmUpCount = 100
const deliveriesCount = 1_000
const rounds = [1, 16] as const

const server = await startServer({ PANTHERA_ROLES: 'api' })
try {
  const made = await fetch(`${server.url}/certus/api/code-hosts`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.keys.certus}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ provider: 'bitbucket', name: 'bench' }),
  })
  const link = (await made.json()) as { url: string; secret: string }
  const path = new URL(link.url).pathname
  for (const connections of rounds) {
    const pool = new Pool(server.url, { connections })
    await deliver(pool, { path, secret: link.secret, count: warmUpCount, connections })
    const usedBefore = await cpuMs(server.pid)
    const startedAt = performance.now()
    const times = await deliver(pool, {
      path,
      secret: link.secret,
      count: deliveriesCount,
      connections,
    })
    const seconds = (performance.now() - startedAt) / 1_000
    const [p50, p99] = [50, 99].map((percent) => percentile(times, percent).toFixed(1))
    const what = `deliveries over ${connections} connections, p50 and p99`
    const rate = `${Math.round(deliveriesCount / seconds)}/s`
    const used = ((await cpuMs(server.pid)) - usedBefore) / deliveriesCount
    print([
      { what, ours: `${p50} / ${p99} ms, ${rate}`, aim: 'p99 50 ms' },
      { what: 'the node’s processor time per delivery', ours: `${used.toFixed(2)} ms` },
    ])
    await pool.close()
  }
} finally {
  await server.stop()
}

/** Answers how long each took. */
async function deliver(
  pool: Pool,
  asked: { path: string; secret: string; count: number; connections: number },
): Promise<number[]> {
  const { path, secret, count, connections } = asked
  const times: number[] = []
  let left = count
  const one = async () => {
    while (left-- > 0) {
      const body = pushOf()
      const signature = createHmac('sha256', secret).update(body).digest('hex')
      const startedAt = performance.now()
      const answer = await pool.request({
        method: 'POST',
        path,
        headers: {
          'content-type': 'application/json',
          'x-event-key': 'repo:push',
          'x-request-uuid': randomUUID(),
          'x-hub-signature': `sha256=${signature}`,
        },
        body,
      })
      const text = await answer.body.text()
      times.push(performance.now() - startedAt)
      if (text !== '{"received":true}') throw new Error(`${answer.statusCode} ${text}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  return times
}

/** About 16 kB, as a push of twenty commits has. */
function pushOf(): string {
  const hash = randomBytes(20).toString('hex')
  const commits = Array.from({ length: 20 }, () => ({
    hash: randomBytes(20).toString('hex'),
    message: 'A change that says what it is for. '.repeat(20),
  }))
  const change = { new: { type: 'branch', name: 'main', target: { hash } }, commits }
  return JSON.stringify({ push: { changes: [change] }, repository: { full_name: 'acme/shop' } })
}
