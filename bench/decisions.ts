// Decisions a second over HTTP with a thousand policies and every decision logged, and how long a
// change takes until it holds on another node. Beside OPA and Cerbos with the same policies, where
// their programs are given: `node bench/decisions.ts [OPA [CERBOS]]`. They are sent all attributes;
// ours reads those that are stored. The load is a process of its own on the same machine.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadOrder, LoadResult } from './decisions-load.ts'
import { startBare, startCerbos, startOpa } from './decisions-peers.ts'
import { cedar, people, policyCount, questions, things } from './decisions-scenario.ts'
import { type BenchServer, cpuMs, type Figure, median, print, startServer } from './measure.ts'

const connections = 16
const batchLength = 100
const changes = 15

interface Loaded extends LoadResult {
  /** Of the server's process, for one request. */
  cpuMsEach: number
}

type Order = Partial<LoadOrder> & Pick<LoadOrder, 'url' | 'path' | 'bodies' | 'allowed'>

async function load(pid: number, order: Order): Promise<Loaded> {
  const before = await cpuMs(pid)
  const result = await loadAlone(order)
  return { ...result, cpuMsEach: ((await cpuMs(pid)) - before) / result.answered }
}

function loadAlone(order: Order): Promise<LoadResult> {
  const child = fork(fileURLToPath(new URL('./decisions-load.ts', import.meta.url)))
  const whole = { headers: {}, connections, warmUpMs: 5_000, measuredMs: 6_000, ...order }
  child.send(whole)
  return new Promise<LoadResult>((resolve, reject) => {
    child.once('message', (result) => resolve(result as LoadResult))
    child.once('exit', (code) => code !== 0 && reject(new Error(`the load ended with ${code}`)))
  })
}

type Json = ReturnType<typeof JSON.parse>

const call = async (server: BenchServer, method: string, path: string, body?: object) => {
  const response = await fetch(`${server.url}/identity${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.keys.identity}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text) as Json
}

/** A few at once, so that it takes seconds and not minutes. */
async function each<Item>(
  items: readonly Item[],
  work: (item: Item, nth: number) => Promise<void>,
) {
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const nth = next++
      await work(items[nth] as Item, nth)
    }
  }
  await Promise.all(Array.from({ length: 6 }, worker))
}

/** Answers the ids of the people by their names. */
async function fill(server: BenchServer): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  await each(people, async ({ name, groups, department, clearance }) => {
    const attributes = { department, clearance }
    const body = { type: 'USER', name, external_id: name, groups, attributes }
    ids.set(name, (await call(server, 'POST', '/v1/principals', body)).id)
  })
  await each(things, async ({ kind, id, department, level }) => {
    const body = { attributes: { department, level } }
    await call(server, 'PUT', `/v1/resources/${kind}/${id}`, body)
  })
  const all = Array.from({ length: policyCount }, (_, nth) => nth)
  await each(all, async (nth) => {
    const body = { name: `team ${nth}`, status: 'active', cedar: cedar(nth) }
    await call(server, 'POST', '/v1/policies', body)
  })
  return ids
}

const shown = ({ perSecond }: LoadResult) => `${Math.round(perSecond)}/s`
const times = ({ p50Ms, p99Ms, cpuMsEach }: Loaded) =>
  `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, processor ${cpuMsEach.toFixed(3)} ms`
const share = ({ allowedShare }: LoadResult) => `${Math.round(allowedShare)} % allowed`

async function measureOurs(server: BenchServer, ids: ReadonlyMap<string, string>) {
  const headers = { authorization: `Bearer ${server.keys.identity}` }
  const requests = questions.map(({ person, thing }) => ({
    principal: ids.get(person.name),
    action: 'read',
    resource: `${thing.kind}:${thing.id}`,
    context: { mfa: true },
  }))
  const own = await load(server.pid, {
    url: server.url,
    path: '/identity/v1/decisions/evaluate',
    headers,
    bodies: requests.map((request) => JSON.stringify(request)),
    allowed: '"allowed":true',
  })
  const authzen = await load(server.pid, {
    url: server.url,
    path: '/identity/access/v1/evaluation',
    headers,
    bodies: questions.map(({ person, thing }) =>
      JSON.stringify({
        subject: { type: 'user', id: person.name },
        action: { name: 'read' },
        resource: { type: thing.kind, id: thing.id },
        context: { mfa: true },
      }),
    ),
    allowed: '"decision":true',
  })
  const batches = Array.from({ length: requests.length / batchLength }, (_, nth) =>
    JSON.stringify({ requests: requests.slice(nth * batchLength, (nth + 1) * batchLength) }),
  )
  const batch = await load(server.pid, {
    url: server.url,
    path: '/identity/v1/decisions/batch',
    headers,
    bodies: batches,
    connections: 4,
    allowed: '"allowed":true',
  })
  return { own, batch, authzen }
}

/** Milliseconds from the answer to a change until the other node decides by it. */
async function untilItHolds(server: BenchServer, other: BenchServer, who: string) {
  const forbid = 'forbid(principal, action == Action::"read", resource is switch);'
  const permit = 'permit(principal, action == Action::"read", resource is switch);'
  await call(server, 'POST', '/v1/policies', { name: 'on', status: 'active', cedar: permit })
  const body = { name: 'off', status: 'draft', cedar: forbid }
  const { id } = await call(server, 'POST', '/v1/policies', body)
  const ask = async (node: BenchServer): Promise<boolean> => {
    const request = { principal: who, action: 'read', resource: 'switch:1' }
    return (await call(node, 'POST', '/v1/decisions/evaluate', request)).allowed
  }
  const here: number[] = []
  const there: number[] = []
  while (!(await ask(other))) await new Promise((resolve) => setTimeout(resolve, 10))
  for (let nth = 0; nth < changes; nth++) {
    const status = nth % 2 === 0 ? 'active' : 'draft'
    await call(server, 'PATCH', `/v1/policies/${id}`, { status })
    const changedAt = performance.now()
    const wanted = status === 'draft'
    while ((await ask(server)) !== wanted);
    here.push(performance.now() - changedAt)
    while ((await ask(other)) !== wanted) await new Promise((resolve) => setTimeout(resolve, 5))
    there.push(performance.now() - changedAt)
  }
  return { here, there }
}

async function measurePeers(programs: readonly string[]) {
  const [opa, cerbos] = programs
  const results: { name: string; result: Loaded }[] = []
  const starts = [
    startBare,
    ...(opa === undefined ? [] : [() => startOpa(opa)]),
    ...(cerbos === undefined ? [] : [() => startCerbos(cerbos)]),
  ]
  for (const start of starts) {
    const peer = await start()
    try {
      results.push({ name: peer.name, result: await load(peer.pid, peer.order) })
    } finally {
      await peer.stop()
    }
  }
  return results
}

const unlimited = JSON.stringify({ 'identity.enterprise.minute': 1_000_000_000 })
const server = await startServer({ PANTHERA_RATE_LIMITS: unlimited })
const ids = await fill(server)
const { own, batch, authzen } = await measureOurs(server, ids)
const other = await startServer({ PANTHERA_RATE_LIMITS: unlimited }, server)
const { here, there } = await untilItHolds(server, other, ids.values().next().value ?? '')
await other.stop()
await server.stop()
const peers = await measurePeers(process.argv.slice(2))
const beside = peers.map(({ name, result }) => `${name} ${shown(result)} (${times(result)})`)
const besides = beside.length === 0 ? {} : { peer: beside.join('; ') }
const figures: Figure[] = [
  {
    what: `decisions, ${policyCount} policies, ${connections} connections`,
    ours: shown(own),
    aim: '5000/s',
    ...besides,
  },
  { what: 'their times', ours: times(own), aim: 'p99 20 ms', peer: share(own) },
  { what: 'the same through AuthZEN', ours: shown(authzen), peer: times(authzen) },
  {
    what: `decisions in batches of ${batchLength}`,
    ours: `${Math.round(batch.perSecond * batchLength)}/s`,
    peer: times(batch),
  },
  {
    what: 'until a change holds on the node that made it',
    ours: `${median(here).toFixed(0)} ms`,
    peer: `its slowest ${Math.max(...here).toFixed(0)} ms`,
  },
  {
    what: 'until it holds on another node',
    ours: `${median(there).toFixed(0)} ms`,
    aim: '1000 ms',
    peer: `its slowest ${Math.max(...there).toFixed(0)} ms`,
  },
]
print(figures)
for (const { name, result } of peers.slice(1)) {
  process.stdout.write(`${name}: ${share(result)}\n`)
}
