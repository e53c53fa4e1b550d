import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { DiscoverySettings } from '../trust/connectors/discover/contract.ts'
import { newHierarchy, newLeaf, pemOf } from '../trust/x509/authority.fixture.ts'
import { discoverNow } from './discover-now.ts'

const folder = mkdtempSync(join(tmpdir(), 'panthera-now-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('takes nothing away that only a deep pass sees, and each pass is a run of its own', async () => {
  const { intermediate } = await newHierarchy()
  writeFileSync(join(folder, 'noname'), pemOf(await newLeaf(intermediate, ['a.example'])))
  const told: { runId: string; complete: boolean; found: number }[] = []
  const look = discoverNow({
    settings: DiscoverySettings.parse({ files: { paths: [folder] } }),
    send: async ({ complete, sightings }, runId) => {
      told.push({ runId, complete, found: sightings.length })
    },
    signal: new AbortController().signal,
  })
  const source = 'filesystem'
  await Promise.all([look({ source, deep: false }), look({ source, deep: true })])
  expect(told.toSorted((a, b) => a.found - b.found)).toMatchObject([
    { found: 0, complete: false },
    { found: 1, complete: true },
  ])
  expect(new Set(told.map(({ runId }) => runId)).size).toBe(2)
})
