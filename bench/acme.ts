// Orders a second of our ACME server, with fifty clients at once: order, http-01 on loopback,
// request, certificate and its chain, each name proven anew. `node bench/acme.ts [clients]`.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AcmeClient, csrFor } from '../test/fixtures/acme-client.ts'
import { percentile, print, startServer } from './measure.ts'

const clients = Number(process.argv[2] ?? 50)
const measuredMs = 20_000
const name = '127.0.0.1'

const tokens = new Map<string, string>()
const web = createServer((request, response) => {
  response.end(tokens.get(request.url?.split('/').at(-1) ?? '') ?? '')
})
await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
const limits = [
  'acme.requests.minute',
  'acme.accounts.hour',
  'acme.orders.hour',
  'acme.offers.hour',
]
const server = await startServer({
  PANTHERA_RATE_LIMITS: JSON.stringify(
    Object.fromEntries(limits.map((limit) => [limit, 100_000_000])),
  ),
  PANTHERA_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
})

try {
  const { port: httpPort } = web.address() as AddressInfo
  const made = await fetch(`${server.url}/trust/api/certificate-authorities`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.keys.trust_public}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      name: 'Bench',
      type: 'internal',
      settings: { acme: { httpPort, authorizationHours: 0 } },
    }),
  })
  const { data } = (await made.json()) as { data: { id: number } }
  const path = `/trust/acme/${data.id}/directory`
  const all = await Promise.all(
    Array.from({ length: clients }, () => new AcmeClient(server.url).open(path)),
  )
  for (const each of all) await each.register()

  const took: number[] = []
  const began = performance.now()
  await Promise.all(all.map((each) => orderOnAndOn(each, began, took)))
  const seconds = (performance.now() - began) / 1_000
  const [half, most] = [50, 99].map((percent) => percentile(took, percent).toFixed(0))
  print([
    {
      what: `ACME orders, ${clients} clients at once`,
      ours: `${(took.length / seconds).toFixed(1)} /s`,
      peer: `p50 ${half} ms, p99 ${most} ms; the clients on the same processors`,
    },
  ])
} finally {
  await server.stop()
  web.close()
  web.closeAllConnections()
}

async function orderOnAndOn(acme: AcmeClient, began: number, took: number[]): Promise<void> {
  for (;;) {
    const from = performance.now()
    if (from - began > measuredMs) return
    const order = await acme.post(acme.url('newOrder'), {
      identifiers: [{ type: 'ip', value: name }],
    })
    await acme.prove(order.json, 'http-01', (token, text) => void tokens.set(token, text))
    const done = await acme.post(order.json.finalize, await csrOf())
    const chain = await acme.post(done.json.certificate, '')
    if (chain.status !== 200) throw new Error(done.text)
    took.push(performance.now() - from)
  }
}

async function csrOf(): Promise<{ csr: string }> {
  const { csr } = await csrFor([name])
  return { csr }
}
