import { describe, expect, it } from 'vitest'
import { DiscoveryReport } from '../trust/connectors/agent-protocol.ts'
import { reportTo } from './report-discoveries.ts'

describe('reports of discovery', () => {
  const told: DiscoveryReport[] = []
  const send = reportTo({
    async discoveries(report) {
      told.push(DiscoveryReport.parse(report))
    },
  })
  const place = { hostname: 'h', path: '/a.pem' }
  const seen = { der: Buffer.of(1), chain: [], hasPrivateKey: true, source: 'filesystem', ...place }
  const part = {
    source: 'filesystem' as const,
    sightings: [{ ...seen, source: 'filesystem' as const }],
    skipped: [] as { path: string; reason: string }[],
    unchanged: [{ ...place, source: 'filesystem' as const, certificates: [] }],
  }

  it('have the bounds of the protocol and the id of their run', async () => {
    const skipped = Array.from({ length: 450 }, (_, n) => ({
      path: `/${'x'.repeat(2000)}${n}`,
      reason: 'a\nb',
    }))
    await send({ ...part, complete: false }, 'a')
    await send({ ...part, skipped, complete: true }, 'a')
    await send({ ...part, complete: true }, 'b')
    expect(told.map(({ complete }) => complete)).toEqual([false, false, false, true, true])
    expect(told.map(({ runId }) => runId)).toEqual(['a', 'a', 'a', 'a', 'b'])
    expect(told[0]).toMatchObject({
      sightings: [{ certificate: 'AQ==', hasPrivateKey: true, path: '/a.pem' }],
      unchanged: [place],
    })
    expect(told[1]?.skipped[0]?.path).toMatch(/^…x+0$/)
  })

  it('name places by whole characters within the bytes of the protocol', async () => {
    const hostname = `h${'\u{1f512}'.repeat(100)}`
    const sightings = part.sightings.map((each) => ({
      ...each,
      hostname,
      path: `/${'\u{1f512}'.repeat(999)}x`,
    }))
    const skipped = [{ path: `/${'漢'.repeat(600)}`, reason: '\u{1f512}'.repeat(400) }]
    const sent: DiscoveryReport[] = []
    await reportTo({
      discoveries: async (report) => void sent.push(DiscoveryReport.parse(report)),
    })({ ...part, sightings, skipped, complete: true }, 'a')
    expect(JSON.stringify(sent).isWellFormed()).toBe(true)
    expect(JSON.stringify(sent)).not.toMatch(/\\ud8/i)
    expect(sent[0]?.sightings[0]?.path).toMatch(/^…\u{1f512}+x$/u)
    expect(sent[0]?.sightings[0]?.hostname).toMatch(/^h\u{1f512}+$/u)
  })
})
