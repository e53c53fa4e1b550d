// What a scan came to, as reports take it.
import { realpathSync } from 'node:fs'
import { basename } from 'node:path'
import type { Finding } from '../gate/scanner/finding.ts'
import { gapsOf } from '../gate/scanner/report/gaps.ts'
import type { Report } from '../gate/scanner/report/report.ts'
import { readHead } from '../gate/source/git/head.ts'
import { packageVersion } from '../gate/source/package.ts'
import type { ScanOutcome } from '../gate/source/scan.ts'

export async function reportOf(
  outcome: ScanOutcome,
  findings: readonly Finding[],
  { root, suppressed }: { root: string; suppressed: boolean },
): Promise<Report> {
  const { coverage, rules, packages, advisories, shortfalls } = outcome
  const path = realpathSync(root)
  return {
    tool: { name: 'Panthera', version: await packageVersion() },
    project: { name: basename(path) || 'root', revision: readHead(path) },
    createdAt: now().toISOString().replace(/\.\d+/, ''),
    rules,
    findings,
    suppressed: suppressed ? outcome.suppressed : [],
    packages,
    advisories: advisories.date,
    selectedAdvisories: advisories.selected,
    coverage,
    gaps: gapsOf({ coverage, shortfalls, ...advisories }),
  }
}

/** Or the time that a reproducible build names (reproducible-builds.org). */
function now(): Date {
  const epoch = Number(process.env.SOURCE_DATE_EPOCH)
  return Number.isInteger(epoch) && epoch > 0 ? new Date(epoch * 1000) : new Date()
}
