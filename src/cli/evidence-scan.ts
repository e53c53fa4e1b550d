// Scans for evidence: all engines at once, and where that comes to no end, each alone, so that one
// that fails takes no other with it and is named.

import { join } from 'node:path'
import type { Json } from '../certus/seal/json/read.ts'
import { compareFindings, type Finding } from '../gate/scanner/finding.ts'
import { type EngineName, engineNames } from '../gate/scanner/project/settings.ts'
import { writeCyclonedx } from '../gate/scanner/report/cyclonedx.ts'
import {
  type EngineFacts,
  factsOf,
  off,
  type ScanFacts,
  type ScanOutcome,
} from '../gate/source/scan.ts'
import { reportOf } from './scan-results.ts'
import type { RunOptions, runScan } from './scan-run.ts'
import { UsageError } from './usage-error.ts'

export interface EvidenceScan {
  facts: ScanFacts
  /** CycloneDX; null where no package was found, or that engine failed. */
  sbom: Json
}

type Options = Omit<RunOptions, 'engines' | 'since'> & { wanted: readonly EngineName[] }

/** @throws {UsageError} for what the caller can mend */
export async function scanForEvidence(
  { wanted, ...options }: Options,
  scan: typeof runScan,
): Promise<EvidenceScan> {
  const engines = switchesOf(wanted)
  const run = async (only: typeof engines) => {
    const { outcome } = await scan({ ...options, engines: only, since: null })
    const cacheDirectory = options.cacheDir ? join(options.cacheDir, 'scan') : null
    return { outcome, facts: await factsOf(outcome, { engines: only, cacheDirectory }) }
  }
  try {
    const { outcome, facts } = await run(engines)
    return { facts, sbom: await sbomOf(outcome, options.root) }
  } catch (error) {
    if (isForCaller(error, options.signal)) throw error
  }
  const facts: ScanFacts = { ...nothing, findings: [], engines: [], set_aside: [] }
  let sbom: Json = null
  for (const engine of engineNames) {
    if (!wanted.includes(engine)) {
      facts.engines.push(off(engine))
      continue
    }
    try {
      const alone = await run(switchesOf([engine]))
      facts.findings.push(...alone.facts.findings)
      facts.engines.push(...alone.facts.engines.filter((one) => one.engine === engine))
      facts.left_out += alone.facts.left_out
      facts.set_aside.push(...alone.facts.set_aside)
      facts.advisories ??= alone.facts.advisories
      if (engine === 'dependencies') sbom = await sbomOf(alone.outcome, options.root)
    } catch (error) {
      if (isForCaller(error, options.signal)) throw error
      facts.engines.push(failed(engine, error as Error))
    }
  }
  if (facts.engines.every(({ state }) => state !== 'ran' && state !== 'cut')) {
    throw new Error(`no engine came to an end: ${facts.engines[0]?.told ?? ''}`)
  }
  return { facts, sbom }
}

const nothing = { left_out: 0, advisories: null }

function isForCaller(error: unknown, signal: AbortSignal | undefined): boolean {
  return error instanceof UsageError || signal?.aborted === true
}

function failed(engine: EngineName, { message }: Error): EngineFacts {
  // The first line only: what follows is of use to nobody who reads evidence.
  const told = `it failed: ${message.split('\n')[0]?.slice(0, 500)}`
  return { engine, state: 'failed', told, looked: 0, rules: 0, cwe: [] }
}

function switchesOf(names: readonly EngineName[]) {
  const on = (name: EngineName) => names.includes(name)
  return {
    secrets: on('secrets'),
    code: on('code'),
    dependencies: on('dependencies'),
    infrastructure: on('infrastructure'),
  }
}

async function sbomOf(outcome: ScanOutcome, root: string): Promise<Json> {
  if (outcome.packages.length === 0) return null
  const findings: Finding[] = [...outcome.findings].sort(compareFindings)
  let text = ''
  const report = await reportOf(outcome, findings, { root, suppressed: false })
  for await (const chunk of writeCyclonedx(report)) text += chunk
  return JSON.parse(text) as Json
}
