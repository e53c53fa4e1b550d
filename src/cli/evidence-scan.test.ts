import { describe, expect, it } from 'vitest'
import { scanForEvidence } from './evidence-scan.ts'
import { folder } from './fixtures/folder.ts'
import { type RunOptions, runScan } from './scan-run.ts'
import { UsageError } from './usage-error.ts'

const wanted = ['secrets', 'code', 'dependencies'] as const

function options(root: string) {
  return { root, wanted, cacheDir: null, quiet: true, workers: 1 }
}

/** A scanner that comes to no end wherever it has to look at code. */
async function withoutCode(asked: RunOptions) {
  if (asked.engines?.code) throw new Error('a rule is broken\nat length')
  return runScan(asked)
}

describe('a scan for evidence', () => {
  it('goes on without an engine that fails, and names it', async () => {
    const lock = { lockfileVersion: 3, packages: { 'node_modules/a': { version: '1.0.0' } } }
    const root = folder({ 'package-lock.json': JSON.stringify(lock), 'a.js': 'x\n' })
    const { facts, sbom } = await scanForEvidence(options(root), withoutCode)
    expect(facts.engines.map(({ engine, state }) => [engine, state])).toEqual([
      ['secrets', 'ran'],
      ['code', 'failed'],
      // Without an index of its own the bundled advisories are but a selection.
      ['dependencies', expect.stringMatching(/^(?:ran|cut)$/)],
      ['infrastructure', 'off'],
    ])
    expect(facts.engines[1]?.told).toBe('it failed: a rule is broken')
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX' })
  })

  it.each([
    ['all of them fail', new Error('broken'), 'no engine came to an end'],
    ['the caller can mend it', new UsageError('no such folder'), 'no such folder'],
  ])('ends where %s', async (_, error, words) => {
    const root = folder({ 'a.js': 'x\n' })
    const scan = () => Promise.reject(error)
    await expect(scanForEvidence(options(root), scan)).rejects.toThrow(words)
  })
})
