// All rules that a scan would use, without scanning anything.

import { join } from 'node:path'
import type { RuleSummary } from '../scanner/finding.ts'
import { defaultCacheDirectory } from './cache/directory.ts'
import { loadEngine } from './engine.ts'
import { scannerOptions } from './options.ts'
import { loadRules } from './rules.ts'

/** Sorted by id. */
export async function listRules(): Promise<readonly RuleSummary[]> {
  const cacheDirectory = join(defaultCacheDirectory(), 'scan')
  const rules = await loadRules({ cacheDirectory })
  const { buildScanner } = await loadEngine(null)
  return (await buildScanner({ rules, options: scannerOptions({}).tree })).rules
}
