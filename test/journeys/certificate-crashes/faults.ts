// What goes wrong around a renewal and its deployment without anybody dying: each is brought about,
// must be told with its cause while the old certificate is served, and is then mended.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from '../../../src/platform/db.ts'
import type { Play } from '../../fixtures/acme-proxy.ts'
import type { Json } from '../../fixtures/call.ts'
import { servedBy, until } from './walk.ts'
import type { World } from './world.ts'

export interface Told {
  /** As `/renewals` or `/deployments` has it. */
  state: string
  code: string
  message: string
}

export interface Fault {
  name: string
  /** What must be told. */
  told: { state: string; code: string; message: RegExp }
  /** So short that each run of the tests has the time. */
  isShort: boolean
  /** Resolves when it can be seen. */
  begin(world: World, id: number): Promise<Told>
  mend(world: World, id: number): Promise<void>
}

const problem = 'urn:ietf:params:acme:error'

export const faults: readonly Fault[] = [
  {
    name: 'the authority is down',
    told: {
      state: 'waiting',
      code: 'authority_unreachable',
      message: /ECONN|reach|closed|socket/i,
    },
    isShort: false,
    async begin(world, id) {
      await world.pebble.down()
      return failing(world, id)
    },
    async mend(world, id) {
      await world.pebble.restart()
      await goOn(world, id)
    },
  },
  {
    name: 'the authority is slower than anybody waits',
    told: { state: 'waiting', code: 'authority_unreachable', message: /no complete answer within/ },
    isShort: false,
    async begin(world, id) {
      world.play(async ({ kind }): Promise<Play> => {
        if (kind === 'order-plz') await delay(25_000)
        return 'pass'
      })
      return failing(world, id)
    },
    async mend(world, id) {
      world.play(null)
      await goOn(world, id)
    },
  },
  {
    name: 'the account is closed at the authority',
    told: { state: 'goes on', code: '', message: /the account with the authority has ended/ },
    isShort: false,
    async begin(world, id) {
      const closed: Record<string, Play> = {
        'order-plz': { status: 403, body: { type: `${problem}:unauthorized`, detail: 'closed' } },
        'sign-me-up': { status: 200, body: { status: 'deactivated' } },
      }
      world.play(({ kind }) => {
        const play = closed[kind] ?? 'pass'
        delete closed[kind]
        return play
      })
      await ask(world, id)
      return { state: 'goes on', code: '', message: await toldOnTheWay(world, id) }
    },
    mend: async (world) => world.play(null),
  },
  {
    name: 'the reload fails',
    told: { state: 'rolled_back', code: 'rolled_back', message: /nginx-reload|invalid PID|exit/i },
    isShort: true,
    async begin(world, id) {
      const before = await world.data('GET', `/certificates/${id}/deployments`)
      kept.set(world, readFileSync(pidFile(world), 'utf8'))
      rmSync(pidFile(world))
      await ask(world, id)
      const [last] = await until(world, 'the deployment is over', async () => {
        const all: Json[] = await world.data('GET', `/certificates/${id}/deployments`)
        return all.length > before.length && all[0].finishedAt !== null ? all : null
      })
      return { state: last.state, ...last.error }
    },
    async mend(world, id) {
      writeFileSync(pidFile(world), kept.get(world) ?? '')
      const [last] = await world.data('GET', `/certificates/${id}/deployments`)
      await world.data('POST', `/deployments/${last.id}/retry`)
    },
  },
]

const kept = new WeakMap<World, string>()
const pidFile = ({ files }: World) =>
  join(dirname(dirname(files.certificate)), 'nginx', 'nginx.pid')

/** Answers what was told, who was served meanwhile, and who in the end. */
export async function goThrough(world: World, id: number, fault: Fault) {
  const before = await world.data('GET', `/certificates/${id}`)
  const [old] = await servedBy(world)
  const told = await fault.begin(world, id)
  const [meanwhile] = await servedBy(world)
  await fault.mend(world, id)
  const after = await until(world, 'it is mended', async () => {
    const now = await world.data('GET', `/certificates/${id}`)
    const isNew = now.fingerprint !== before.fingerprint && now.renewalStatus === 'deployed'
    return isNew ? now : null
  })
  const [served] = await servedBy(world)
  // Where it goes on by itself the new one may be there already.
  const isOldServed = told.state === 'goes on' || old === meanwhile
  return { told, isOldServed, isNewServed: served === after.fingerprint }
}

async function ask(world: World, id: number): Promise<void> {
  const wish = { method: 'acme', deployAfterRenewal: true }
  await world.data('POST', `/certificates/${id}/renew`, wish)
}

async function failing(world: World, id: number): Promise<Told> {
  await ask(world, id)
  const { error, state } = await until(world, 'an error is told', async () => {
    const [last] = await world.data('GET', `/certificates/${id}/renewals`)
    return last.error === null ? null : last
  })
  return { state: state === 'failed' ? state : 'waiting', ...error }
}

async function toldOnTheWay(world: World, id: number): Promise<string> {
  return until(world, 'it is told', async () => {
    const [last] = await world.data('GET', `/certificates/${id}/renewals`)
    if (last.finishedAt === null) return null
    return last.steps.map(({ message }: Json) => message).join('\n')
  })
}

/** The time of the next attempt comes. */
async function goOn({ database }: World, id: number): Promise<void> {
  await database.rows(sql`update renewals set next_attempt_at = now()
    where certificate_id = ${id} and finished_at is null`)
}
