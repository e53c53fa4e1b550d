import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../platform/log.ts'
import {
  type Discovered,
  type DiscoveryReport,
  DiscoverySettings,
} from '../trust/connectors/discover/contract.ts'
import { newHierarchy, newLeaf, pemOf } from '../trust/x509/authority.fixture.ts'
import { sendAll } from './discovery/reports.ts'
import { Stamps } from './discovery/stamps.ts'
import { runDiscovery } from './discovery.ts'

const top = mkdtempSync(join(tmpdir(), 'panthera-agent-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const { intermediate } = await newHierarchy()
const pem = pemOf(await newLeaf(intermediate, ['a.example']))
const log = createLog({ level: 'silent' })
const minuteMs = 60_000

let folder = ''
let stateFolder = ''
let clock = 0
beforeEach(() => {
  folder = mkdtempSync(join(top, 'files-'))
  stateFolder = join(mkdtempSync(join(top, 'state-')), 'agent')
  clock = 1_800_000_000_000
})

interface Run {
  reports: DiscoveryReport[]
  waits: number[]
}

interface Happening {
  change?: (round: number) => void
  fails?: (report: number) => boolean
  /** Whether time stands still, so that each source waits once. */
  holds?: boolean
}

/** Runs until it has waited so often; between passes `change` may do something. */
async function run(
  settings: object,
  rounds: number,
  { change, fails, holds = false }: Happening = {},
): Promise<Run> {
  const controller = new AbortController()
  const told: Run = { reports: [], waits: [] }
  await runDiscovery({
    settings: DiscoverySettings.parse(settings),
    stateFolder,
    send: async (report) => {
      told.reports.push(report)
      if (fails?.(told.reports.length)) throw new Error('the server is away')
    },
    now: () => clock,
    signal: controller.signal,
    log,
    random: () => 0.5,
    wait: async (ms, signal) => {
      told.waits.push(ms)
      if (!holds) clock += ms
      if (told.waits.length >= rounds) controller.abort()
      else if (holds) await once(signal, 'abort')
      else change?.(told.waits.length)
    },
  })
  return told
}

const counts = ({ reports }: Run) =>
  reports.map(({ sightings, unchanged, skipped, complete }) => [
    ...[sightings.length, unchanged.length, skipped.length, complete],
  ])

describe('files', () => {
  const files = () => ({ files: { paths: [folder], everyMinutes: 60, deepEveryHours: 24 } })

  it('are told once, then only what has changed, and in full once a day', async () => {
    writeFileSync(join(folder, 'x.pem'), pem)
    writeFileSync(join(folder, 'notes'), pem)
    const change = (round: number) => {
      if (round === 2) writeFileSync(join(folder, 'y.pem'), pem)
    }
    const told = await run(files(), 25, { change })
    const all = counts(told)
    expect(all[0]).toEqual([2, 0, 0, true])
    expect(all[1]).toEqual([0, 2, 0, true])
    // What lies beside a file may be its key, so all of the folder is read again.
    expect(all[2]).toEqual([3, 0, 0, true])
    expect(all.slice(3, 24)).toEqual(Array.from({ length: 21 }, () => [0, 3, 0, true]))
    expect(all[24]).toEqual([3, 0, 0, true])
    expect(new Set(told.waits)).toEqual(new Set([60 * minuteMs]))
  })

  it('are remembered over a restart, and not told again before their time', async () => {
    writeFileSync(join(folder, 'x.pem'), pem)
    await run(files(), 1)
    clock -= 20 * minuteMs
    const again = await run(files(), 2)
    expect(again.waits).toEqual([20 * minuteMs, 60 * minuteMs])
    expect(counts(again)).toEqual([[0, 1, 0, true]])
  })

  it('are told again where the report did not arrive', async () => {
    writeFileSync(join(folder, 'x.pem'), pem)
    const told = await run(files(), 3, { fails: (report) => report <= 2 })
    expect(counts(told)).toEqual(Array.from({ length: 3 }, () => [1, 0, 0, true]))
    expect(told.waits).toEqual([5, 10, 60].map((minutes) => minutes * minuteMs))
  })

  it('are told anew where the memory is damaged', async () => {
    writeFileSync(join(folder, 'x.pem'), pem)
    await run(files(), 1)
    for (const name of readdirSync(stateFolder)) writeFileSync(join(stateFolder, name), '{"x')
    expect(counts(await run(files(), 1))).toEqual([[1, 0, 0, true]])
  })
})

it('tells settings that lead nowhere, and tries again', async () => {
  const told = await run({ files: { paths: [join(folder, 'nowhere')] } }, 2)
  expect(told.reports).toMatchObject([
    { complete: false, skipped: [{ path: 'files', reason: expect.stringMatching(/not exist/) }] },
    { complete: false },
  ])
  expect(told.waits).toEqual([5 * minuteMs, 10 * minuteMs])
})

it('looks into each source at its own pace', async () => {
  mkdirSync(join(folder, 'x'))
  const free = createServer()
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
  const address = free.address()
  const port = typeof address === 'object' ? address?.port : 0
  await new Promise((resolve) => free.close(resolve))
  const settings = {
    files: { paths: [folder], everyMinutes: 60 },
    tls: { targets: [`127.0.0.1:${port}`], everyMinutes: 90 },
  }
  const { reports, waits } = await run(settings, 2, { holds: true })
  expect(reports.map(({ source }) => source).sort()).toEqual(['filesystem', 'network'])
  expect(waits.sort()).toEqual([60 * minuteMs, 90 * minuteMs])
})

describe('reports', () => {
  async function* found(count: number, bytes: number): AsyncGenerator<Discovered> {
    for (let at = 0; at < count; at++) {
      const place = { hostname: 'here', path: String(at), hasPrivateKey: false }
      yield { der: new Uint8Array(bytes), chain: [], source: 'filesystem', ...place }
    }
  }
  async function parts(from: AsyncIterable<Discovered>) {
    const reports: DiscoveryReport[] = []
    await sendAll('filesystem', from, async (report) => void reports.push(report))
    return reports.map(({ sightings, skipped, complete }) => [
      ...[sightings.length, skipped.length, complete],
    ])
  }

  it('come in parts of bounded number and size', async () => {
    expect(await parts(found(450, 10))).toEqual([
      [200, 0, false],
      [200, 0, false],
      [50, 0, true],
    ])
    expect(await parts(found(3, 400_000))).toEqual([
      [2, 0, false],
      [1, 0, true],
    ])
    expect(await parts(found(0, 0))).toEqual([[0, 0, true]])
  })

  it('count what they leave out', async () => {
    async function* skipped(): AsyncGenerator<Discovered> {
      for (let at = 0; at < 600; at++) yield { path: String(at), reason: 'x' }
    }
    expect(await parts(skipped())).toEqual([[0, 501, true]])
  })

  it('have no end where the pass had none', async () => {
    const reports: DiscoveryReport[] = []
    async function* broken(): AsyncGenerator<Discovered> {
      yield* found(201, 10)
      throw new Error('broken')
    }
    const send = async (report: DiscoveryReport) => void reports.push(report)
    await expect(sendAll('filesystem', broken(), send)).rejects.toThrow('broken')
    expect(reports.map(({ complete }) => complete)).toEqual([false])
  })
})

it('keeps many stamps, and reads what it wrote', () => {
  const stamps = new Stamps()
  for (let at = 0; at < 5000; at++) stamps.add(`file ${at}`)
  stamps.add('file 7')
  const again = Stamps.fromBytes(stamps.toBytes())
  expect([stamps.size, again?.size]).toEqual([5000, 5000])
  expect(again?.has('file 4999')).toBe(true)
  expect(again?.has('file 5000')).toBe(false)
  expect(Stamps.fromBytes(Buffer.from('abc'))).toBeNull()
  expect(Stamps.fromBytes(Buffer.alloc(8))).toBeNull()
  expect(Stamps.fromBytes(Buffer.alloc(8, 0xff))).toBeNull()
})
