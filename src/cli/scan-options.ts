// What `panthera scan` was asked for: read and checked before anything is scanned.
import { availableParallelism } from 'node:os'
import { type Severity, severities } from '../gate/scanner/finding.ts'
import { didYouMean } from '../gate/scanner/project/did-you-mean.ts'
import { type Threshold, thresholds } from '../gate/scanner/project/settings.ts'
import { type ReportFormatName, reportFormats } from '../gate/scanner/report/formats.ts'
import { type ColourChoice, colourChoices } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export interface Target {
  format: ReportFormatName
  /** Null for stdout. */
  file: string | null
}

const formats = reportFormats.map(({ name }) => name)

/** Reads the values of `--format`: `sarif`, or `sarif=panthera.sarif` for a file. */
export function readTargets(values: readonly string[]): Target[] {
  const targets = (values.length === 0 ? ['text'] : values).map(readTarget)
  const toStdout = targets.filter(({ file }) => file === null)
  if (toStdout.length > 1) {
    throw new UsageError(
      `only one format can go to stdout, not ${toStdout.map(({ format }) => format).join(' and ')}`,
      'Give the others a file: --format sarif=panthera.sarif',
    )
  }
  return targets
}

function readTarget(value: string): Target {
  const [name = '', ...rest] = value.split('=')
  const format = formats.find((each) => each === name)
  if (format === undefined) {
    throw new UsageError(
      `--format does not take "${name}"${didYouMean(name, formats)}`,
      `It takes ${formats.join(', ')}, each also with a file, such as sarif=panthera.sarif.`,
    )
  }
  const file = rest.length === 0 ? null : rest.join('=')
  if (file === '') throw new UsageError(`--format ${name}= names no file`)
  return { format, file }
}

export function readWorkers(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const most = Math.max(64, availableParallelism())
  const workers = /^\d{1,4}$/.test(value) ? Number(value) : 0
  if (workers >= 1 && workers <= most) return workers
  throw new UsageError(`--workers does not take "${value}"`, `It takes a number from 1 to ${most}.`)
}

/** Whether a finding of this severity counts against the threshold. */
export function isAtOrAbove(severity: Severity, threshold: Threshold): boolean {
  return threshold !== 'never' && severities.indexOf(severity) <= severities.indexOf(threshold)
}

/** citty leaves an enum a plain text; that it is one of these has been checked. */
export const asThreshold = (value: string | undefined): Threshold | undefined =>
  thresholds.find((each) => each === value)
export const asColourChoice = (value: string | undefined): ColourChoice =>
  colourChoices.find((each) => each === value) ?? 'auto'
