// Server and agent are killed in the middle of a certificate's renewal, and the world around them
// fails: a sample, on real programs. `npm run bench -- certificate-crashes` walks all points.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { describeWith, requireComponent } from '../require.ts'
import { faults, goThrough } from './certificate-crashes/faults.ts'
import { nameOf, type Point } from './certificate-crashes/tripwire.ts'
import { crashAt, firstCertificate } from './certificate-crashes/walk.ts'
import { startWorld, type World } from './certificate-crashes/world.ts'

const components = await Promise.all(
  (['bind', 'pebble', 'nginx', 'openssl'] as const).map(requireComponent),
)
const [bind, pebble, nginx] = components.map((each) => (each.available ? each.path : ''))
const [any] = components
if (any === undefined) throw new Error('there are components')
const lacking = components.find(({ available }) => !available)
const slow = { timeout: 120_000 }

const point = (victim: Point['victim'], where: Point['where'], more: string): Point => {
  const [moment, name = ''] = more.split(/ (.*)/s) as ['before' | 'after', string]
  return { victim, where, moment, name, nth: 1 }
}
const sample: Point[] = [
  // While the authority looks for the proof, nobody is there to show it.
  point('server', 'authority', 'after POST chalZ'),
  // The authority has made the certificate, and nobody has heard of it.
  point('server', 'authority', 'after POST finalize-order'),
  // Offered, and forgotten.
  point('agent', 'protocol', 'after offer make_key'),
  // In the middle of the switch of files: it is undone, and begun again.
  { ...point('agent', 'agent', 'after file switched'), nth: 14 },
]

describe.skipIf(!hasDatabase)('a certificate', () => {
  describeWith(lacking ?? any, 'on its way from the authority to its clients', () => {
    let world: World
    let id: number
    beforeAll(async () => {
      world = await startWorld({ bind: bind ?? '', pebble: pebble ?? '', nginx: nginx ?? '' })
      id = await firstCertificate(world)
    }, 120_000)
    afterAll(() => world?.stop(), 60_000)

    it.each(sample.map((each) => [nameOf(each), each] as const))(
      'is there once, and served, where there dies the %s',
      slow,
      async (_, each) => {
        const { died, wrong } = await crashAt(world, id, each)
        expect({ died, wrong }, world.said()).toEqual({ died: true, wrong: [] })
      },
    )

    it.each(faults.filter(({ isShort }) => isShort).map((each) => [each.name, each] as const))(
      'stays as it was where %s, and is renewed when that is mended',
      slow,
      async (_, fault) => {
        const { told, ...served } = await goThrough(world, id, fault)
        const { message, ...rest } = fault.told
        expect(told, world.said()).toMatchObject(rest)
        expect(told.message).toMatch(message)
        expect(served).toEqual({ isOldServed: true, isNewServed: true })
      },
    )
  })
})
