// Code whose outline ends its worker: everything else is looked for in it all the same.
import { describe, expect, it } from 'vitest'
import type { RuleSummary } from '../scanner/finding.ts'
import { emptyResult } from '../scanner/scanner.ts'
import type { Batch, ScanPool } from './pool.ts'
import { scanTree } from './scan-tree.ts'

const first = 'the file took longer than it may'

/** Loses every file at the first look; says which ones the second was asked for. */
function poolOf(asked: string[][]): ScanPool {
  const scan = async ({ files }: Batch) =>
    files.map(({ path, among }) => {
      if (among !== undefined) asked.push([path, String(among.reach.length)])
      const incomplete = among === undefined ? first : null
      return { result: { ...emptyResult(path), incomplete }, bytes: 0, blob: null, stamp: null }
    })
  return { workers: 1, scan } as unknown as ScanPool
}

describe('a first look that fails', () => {
  it.each([
    ['sast', [['a.py', '1']]],
    ['secrets', []],
  ] as const)('leaves code to the second where there are rules of %s', async (scanType, second) => {
    const asked: string[][] = []
    const group = {
      pool: poolOf(asked),
      scanner: { place: 0, rules: [{ scanType } as RuleSummary], cache: null },
      files: ['a.py', 'b.txt'].map((path) => ({ path, bytes: 1, blob: null })),
      root: '/',
      limits: { fileBytesMax: 10, manifestBytesMax: 10 },
      name: false,
    }
    const told: Record<string, string | null> = {}
    for await (const { result } of scanTree(group)) told[result.path] = result.incomplete
    expect(asked).toEqual(second)
    expect(told).toEqual({ 'a.py': first, 'b.txt': first })
  })
})
