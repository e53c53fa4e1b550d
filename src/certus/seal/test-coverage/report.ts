// Test coverage out of the reports that test runners write: lcov, Cobertura and JaCoCo. Only the
// sums are read, so that names of files and code stay where they are.
import { sha256 } from '../crypto.ts'
import { readLcov } from './lcov.ts'
import type { Sum, Sums } from './sums.ts'
import { readXml } from './xml.ts'

export interface CoverageReport extends Sums {
  /** Of the report, so that it can be held against what was kept of it. */
  sha256: string
  /** Of the lines, rounded down to a tenth; null where there are none. */
  percent: number | null
}

/** The report is none of the known formats, or its sums make no sense. */
export class CoverageFault extends Error {
  readonly code = 'coverage_fault'

  constructor(reason: string) {
    super(reason)
    this.name = 'CoverageFault'
  }
}

/** Longer reports are not read. */
export const reportBytesMax = 64 * 1024 * 1024

/** By its content, whatever the file is called. Throws CoverageFault. */
export function readCoverage(bytes: Uint8Array): CoverageReport {
  if (bytes.length > reportBytesMax) {
    throw new CoverageFault(`is larger than ${reportBytesMax} bytes`)
  }
  const text = new TextDecoder().decode(bytes)
  const sums = /^\s*</.test(text) ? readXml(text) : readLcov(text)
  if (sums === null) throw new CoverageFault('is neither lcov nor Cobertura nor JaCoCo')
  for (const sum of [sums.lines, sums.branches]) {
    if (sum === null || isSum(sum)) continue
    throw new CoverageFault(`says that ${sum.covered} of ${sum.total} are covered`)
  }
  const { covered, total } = sums.lines
  const percent = total === 0 ? null : Math.floor((1_000 * covered) / total) / 10
  return { ...sums, percent, sha256: Buffer.from(sha256(bytes)).toString('hex') }
}

function isSum({ covered, total }: Sum): boolean {
  const whole = Number.isSafeInteger(covered) && Number.isSafeInteger(total)
  return whole && covered >= 0 && covered <= total
}
