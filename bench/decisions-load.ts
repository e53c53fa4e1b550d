// The load of `decisions.ts`, in a process of its own: POST requests over kept-alive connections,
// one after the other on each. By hand on sockets, so that what shares the processors with the
// server is mostly the server.
import { connect, type Socket } from 'node:net'
import { percentile } from './measure.ts'

export interface LoadOrder {
  url: string
  path: string
  headers: Readonly<Record<string, string>>
  bodies: readonly string[]
  connections: number
  warmUpMs: number
  measuredMs: number
  /** What stands in the answer that allows; how many do, tells whether all decide alike. */
  allowed: string
}

export interface LoadResult {
  perSecond: number
  /** Also those of the warm-up. */
  answered: number
  p50Ms: number
  p99Ms: number
  /** Percent of the answers. */
  allowedShare: number
}

const blank = Buffer.from('\r\n\r\n')
const chunksEnd = Buffer.from('0\r\n\r\n')

/** Where the first answer ends; null while it is not there as a whole. */
function answerEnd(received: Buffer): number | null {
  const head = received.indexOf(blank)
  if (head < 0) return null
  const text = received.toString('latin1', 0, head)
  const length = /content-length: *(\d+)/i.exec(text)?.[1]
  if (length === undefined) {
    const end = received.indexOf(chunksEnd, head)
    return end < 0 ? null : end + chunksEnd.length
  }
  const end = head + blank.length + Number(length)
  return received.length >= end ? end : null
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const { url, path, headers, bodies, connections, warmUpMs, measuredMs } = order
  const { hostname, port, host } = new URL(url)
  if (hostname !== '127.0.0.1') throw new Error('a load is sent to this machine only')
  const fields = Object.entries({ host, 'content-type': 'application/json', ...headers })
  const head = [`POST ${path} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)]
  const requests = bodies.map((body) => {
    const length = `content-length: ${Buffer.byteLength(body)}`
    return Buffer.from(`${[...head, length].join('\r\n')}\r\n\r\n${body}`)
  })
  const times: number[] = []
  let allowed = 0
  let sent = 0
  const startedAt = performance.now()

  const worker = () =>
    new Promise<void>((resolve, reject) => {
      const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
      let askedAt = 0
      let received = Buffer.alloc(0)
      const ask = () => {
        askedAt = performance.now()
        if (askedAt - startedAt > warmUpMs + measuredMs) return void socket.end(resolve)
        socket.write(requests[sent++ % requests.length] ?? '')
      }
      socket.on('connect', ask)
      socket.on('error', reject)
      socket.on('data', (part) => {
        received = received.length === 0 ? part : Buffer.concat([received, part])
        const end = answerEnd(received)
        if (end === null) return
        const answer = received.toString('latin1', 0, end)
        received = received.subarray(end)
        if (!answer.startsWith('HTTP/1.1 200')) return void reject(new Error(answer.slice(0, 800)))
        if (askedAt - startedAt > warmUpMs) {
          times.push(performance.now() - askedAt)
          if (answer.includes(order.allowed)) allowed += 1
        }
        ask()
      })
    })

  await Promise.all(Array.from({ length: connections }, worker))
  return {
    perSecond: (times.length / measuredMs) * 1_000,
    answered: sent,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    allowedShare: (allowed / times.length) * 100,
  }
}

process.once('message', (order) => {
  run(order as LoadOrder).then(
    (result) => process.send?.(result, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`${error}\n`)
      process.exit(1)
    },
  )
})
