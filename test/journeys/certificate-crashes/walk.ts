// One renewal and its deployment, in which a process is killed at one point and started again; and
// what must be true of the certificate, the authority, the host and the records afterwards.
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { servedNow } from '../../../src/agent/deployment/probe.ts'
import { sql } from '../../../src/platform/db.ts'
import { isSame, type Place, type Point } from './tripwire.ts'
import { openWork } from './watched-database.ts'
import { host, type World } from './world.ts'

const target = 'nginx-main'
const patienceMs = 120_000
/** So long nobody has anything more to say of a renewal that is over. */
const quietMs = 700

export interface Walked {
  died: boolean
  ms: number
  /** What is not as it must be; nothing where all is well. */
  wrong: string[]
}

/** The certificate that is walked with, issued by pebble for a key of the host. */
export async function firstCertificate(world: World): Promise<number> {
  const { files, pebble, proxy, bind, nginxPort } = world
  const authority = await world.data('POST', '/certificate-authorities', {
    name: 'Pebble',
    type: 'acme',
    settings: {
      directoryUrl: proxy.directoryUrl,
      contactEmail: 'ops@example.com',
      termsOfServiceAgreed: true,
      caCertificates: pebble.trusted,
      dnsServers: [`127.0.0.1:${bind.port}`],
    },
  })
  const place = { certificateFile: files.certificate, keyFile: files.key }
  const probes = [{ host: '127.0.0.1', port: nginxPort, serverName: host }]
  await until(world, 'the agent is enrolled', async () => {
    const agents = await world.data('GET', '/agents')
    return agents.length > 0
  })
  await world.data('POST', '/deployment-targets', {
    ...{ name: target, type: 'nginx', agentId: 'web-1', order: 0 },
    settings: { ...place, probes },
  })
  const { id } = await world.data('POST', '/certificates', {
    commonName: host,
    certificateAuthorityId: authority.id,
    deploymentTargets: [target],
  })
  await until(world, 'the first is issued', async () => (await stateOf(world, id)).version > 0)
  return id
}

/** All points of one renewal, as one that nobody disturbs passes them. */
export async function pointsOf(world: World, id: number): Promise<Point[]> {
  await world.restartAgent(0)
  world.wire.lay(null, () => undefined)
  const { wrong } = await renewThrough(world, id, null)
  if (wrong.length > 0) throw new Error(`undisturbed: ${wrong.join('; ')}\n${world.said()}`)
  const { passed } = world.wire
  const counted = passed.map((place, at) => ({
    ...place,
    nth: passed.slice(0, at + 1).filter((each) => isSame(each, place)).length,
  }))
  const own = world.agentPoints().map((name, at) => {
    return { where: 'agent', name, moment: 'after', nth: at + 1, victim: 'agent' } as const
  })
  return counted.flatMap((place) => victimsOf(place)).concat(own)
}

function victimsOf(place: Place & { nth: number }): Point[] {
  // How often progress is told hangs on how fast the host is.
  if (place.name === 'progress' && place.nth > 1) return []
  const byServer: Point = { ...place, victim: 'server' }
  if (place.where === 'protocol') return [byServer, { ...place, victim: 'agent' }]
  return place.where === 'database' ? [{ ...byServer, moment: 'before' }, byServer] : [byServer]
}

/** Throws only where the walk itself cannot go on. */
export async function crashAt(world: World, id: number, point: Point): Promise<Walked> {
  const startedAt = performance.now()
  const isOwn = point.where === 'agent'
  const isHeld = point.where === 'database' && point.moment === 'before'
  if (isHeld) await world.database.holdAt(point.name, point.nth)
  const wanted = isOwn || isHeld ? null : point
  world.wire.lay(wanted, () => world.kill(point.victim))
  // It enrols with each start.
  if (isOwn || point.name === 'enrol') await world.restartAgent(isOwn ? point.nth : 0)
  const { died, wrong } = await renewThrough(world, id, point)
  return { died, wrong, ms: performance.now() - startedAt }
}

async function renewThrough(world: World, id: number, point: Point | null) {
  const { database } = world
  // Each renewal begins with an account of its own, so that this is walked as well.
  await database.rows(sql`update acme_client_accounts set ended_at = now() where ended_at is null`)
  const before = await stateOf(world, id)
  world.proxy.asked.length = 0
  let died = false
  let asking: Promise<unknown> | null = null
  const goOn = async () => {
    if (point !== null && !died && (await isStruck(world, point))) {
      died = true
      await database.letGo()
      await world.revive(point.victim)
      asking = null
    }
    // Whoever asked and got no answer asks again, unless it is at work.
    const now = await stateOf(world, id)
    if (now.renewals === before.renewals && asking === null) {
      const wish = { method: 'acme', deployAfterRenewal: true }
      asking = world.data('POST', `/certificates/${id}/renew`, wish).catch(() => undefined)
    }
    return now.renewals > before.renewals && now.open.length === 0
  }
  const wrong: string[] = []
  try {
    await until(world, 'the renewal is over', goOn)
    // The last words of a renewal come after its end.
    for (let left = quietMs; left > 0 && point !== null && !died; left -= 100) {
      await delay(100)
      await goOn()
    }
    await until(world, 'the renewal is over', goOn)
    await until(world, 'the agent has ended it', async () => journals(world).length === 0)
    wrong.push(...(await faultsIn(world, id, before)))
  } catch (error) {
    wrong.push((error as Error).message)
  }
  await database.letGo()
  if (point !== null && !died) wrong.push('nobody died: the point was not passed')
  return { died, wrong }
}

async function isStruck(world: World, point: Point): Promise<boolean> {
  if (point.where === 'agent') return world.isDead('agent')
  const isHeld = point.where === 'database' && point.moment === 'before'
  if (isHeld && (await world.database.isHeld())) world.kill(point.victim)
  else if (!world.wire.isTouched) return false
  while (!world.isDead(point.victim)) await delay(5)
  return true
}

interface State {
  version: number
  fingerprint: string
  status: string
  versions: number
  renewals: number
  open: { kind: string; id: string; state: string }[]
}

async function stateOf({ database }: World, id: number): Promise<State> {
  const [row] = await database.rows<Omit<State, 'open'>>(sql`select c.version,
      'SHA256:' || encode(v.fingerprint, 'hex') as fingerprint, c.renewal_status as status,
      (select count(*) from certificate_versions where certificate_id = c.id) as versions,
      (select count(*) from renewals where certificate_id = c.id) as renewals
    from certificates c left join certificate_versions v on v.organization_id = c.organization_id
      and v.certificate_id = c.id and v.number = c.version where c.id = ${id}`)
  if (row === undefined) throw new Error(`there is no certificate ${id}`)
  return { ...row, open: await database.rows<State['open'][number]>(openWork) }
}

/** Exactly one new certificate, served with its own key, and nothing left of how it came to be. */
async function faultsIn(world: World, id: number, before: State): Promise<string[]> {
  const now = await stateOf(world, id)
  const renewals = now.renewals - before.renewals
  const issued = now.versions - before.versions
  const made = (kind: string, status: number) =>
    world.proxy.asked.filter((each) => each.kind === kind && each.status === status)
  const [steps] = await world.database.rows<{ anew: number }>(sql`select count(*) as anew
    from renewal_steps where message like '%: begins anew' and renewal_id = (
      select max(id) from renewals where certificate_id = ${id})`)
  const anew = steps?.anew ?? 0
  const orders = new Set(made('order-plz', 201).map(({ location }) => location)).size
  const finalized = made('finalize-order', 200).length
  const [served] = await servedBy(world)
  const expected: [boolean, string][] = [
    [renewals === 1, `${renewals} renewals`],
    [issued === 1, `${issued} new versions`],
    [now.status === 'deployed', `the certificate is ${now.status}`],
    // One that came to nothing at the authority is over there; a new one is made in its place.
    [orders === 1 + anew, `${orders} orders, ${anew} begun anew`],
    [finalized === 1, `${finalized} orders finalized`],
    [served === now.fingerprint, served === before.fingerprint ? 'the old is served' : `${served}`],
    ...(await leftIn(world, id)),
  ]
  return expected.flatMap(([isGood, fault]) => (isGood ? [] : [fault]))
}

async function leftIn(world: World, id: number): Promise<[boolean, string][]> {
  const { files, agentFolder, database } = world
  const certificate = new X509Certificate(readFileSync(files.certificate))
  const key = createPublicKey(createPrivateKey(readFileSync(files.key)))
  const strays = readdirSync(dirname(files.certificate)).filter((each) =>
    each.includes('.panthera'),
  )
  const [newest] = await database.rows<{
    id: number
    state: string
    sealed: boolean
    told: string
  }>(
    sql`select id, state, sealed_key is not null as sealed, coalesce(error_message, '') as told
      from renewals where certificate_id = ${id} order by id desc limit 1`,
  )
  const keys = join(agentFolder, 'keys')
  const own = readdirSync(keys).filter(
    (name) => JSON.parse(readFileSync(join(keys, name), 'utf8')).renewalId === newest?.id,
  )
  const answers = await database.rows(sql`select token from acme_client_answers`)
  return [
    [certificate.publicKey.equals(key), 'the key in the file is of another certificate'],
    [newest?.state === 'stored', `the renewal is ${newest?.state}: ${newest?.told}`],
    [newest?.sealed === false, 'the server keeps a key'],
    [own.length === 1, `${own.length} keys of the renewal on the host`],
    [strays.length === 0, `${strays} is left`],
    [answers.length === 0, `${answers.length} proofs of names are left`],
  ]
}

/** As a client on the way in sees it. */
export function servedBy({ nginxPort: port }: World) {
  return servedNow([{ host: '127.0.0.1', port, serverName: host, keyType: undefined }])
}

const journals = ({ agentFolder }: World) => {
  const folder = join(agentFolder, 'journals')
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Looks until there is something to see, and answers that. */
export async function until<Seen>(
  world: World,
  what: string,
  look: () => Promise<Seen | null>,
): Promise<Seen> {
  const end = performance.now() + patienceMs
  for (;;) {
    const seen = await look()
    if (seen !== null && seen !== false) return seen
    if (performance.now() > end) {
      const open = await world.database.rows<Record<string, string>>(openWork)
      const told = open.map((each) => Object.values(each).join(' ')).join(', ')
      throw new Error(`it did not come to it that ${what}; open: ${told || 'nothing'}`)
    }
    await delay(50)
  }
}
