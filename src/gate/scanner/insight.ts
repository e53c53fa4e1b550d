// What a scanner can tell of itself: who reads a file, by which rules, and why nothing is reported.
import type { FileEngine, UnitEngine } from './engine.ts'
import type { RuleSummary, ScanType } from './finding.ts'
import type { SourceText } from './source-text.ts'
import type { Budget } from './weakness.ts'

/** An engine that reads a file, with the rules by which it may find something there. */
export interface Reader {
  scanType: ScanType
  rules: readonly RuleSummary[]
}

interface Engines {
  secretRules: readonly RuleSummary[]
  files: readonly FileEngine[]
  units: readonly UnitEngine[]
}

export function readersOf(path: string, { secretRules, files, units }: Engines): Reader[] {
  const wanting = files.filter((engine) => engine.wants(path))
  const sets = [secretRules, ...wanting.map((each) => each.rulesFor?.(path) ?? each.rules)]
  const named = sets.flatMap((rules): Reader[] => {
    const [first] = rules
    return first === undefined ? [] : [{ scanType: first.scanType, rules }]
  })
  const together = units
    .filter((engine) => engine.wants(path))
    .map(({ kind, rules }): Reader => {
      return { scanType: kind === 'dependencies' ? 'sca' : 'iac', rules }
    })
  return [...named, ...together]
}

/** `line` counts from 1. */
export function traceIn(
  source: SourceText,
  line: number,
  { files, budget }: { files: readonly FileEngine[]; budget: Budget },
): string[] {
  const wanting = files.filter((engine) => engine.wants(source.path))
  return wanting.flatMap((engine) => engine.trace?.(source, line, budget) ?? [])
}
