// Gathers the results of single files into the result of a scan, within bounds.
import type { Package } from '../scanner/dependencies/package.ts'
import type { Finding } from '../scanner/finding.ts'
import type { Coverage } from '../scanner/report/report.ts'
import type { FileResult, Suppressed } from '../scanner/scanner.ts'
import { Met } from './met.ts'
import { OtherLanguages } from './other-languages.ts'
import { incompleteReasons, type SkippedPath } from './skipped.ts'

/** A part of a scan that was not done, and why; a null path means the scan as a whole. */
export interface Shortfall {
  path: string | null
  reason: string
  /** Where it befell files that are looked at together: these. */
  files?: readonly string[]
}

export interface Collected {
  findings: Finding[]
  suppressed: Suppressed[]
  /** The first 10,000 files that were left out in whole or in part. */
  skipped: { path: string; reason: string }[]
  /** What lock files and manifests say is used. */
  packages: Package[]
  /** The first 1,000; empty exactly when the scan is complete. */
  shortfalls: Shortfall[]
  /** Code in which weaknesses may be missed, as a file that may lead to it was cut short. */
  unproved: string[]
}

export class Collector {
  readonly collected: Collected = {
    findings: [],
    suppressed: [],
    skipped: [],
    packages: [],
    shortfalls: [],
    unproved: [],
  }
  readonly otherLanguages = new OtherLanguages()
  readonly met = new Met()
  readonly #findingsMax: number
  readonly #skipped = new Map<string, number>()
  #files = 0
  #bytes = 0

  constructor(findingsMax: number) {
    this.#findingsMax = findingsMax
  }

  /** Takes the result of one file, `bytes` long. */
  add(result: FileResult, bytes: number): void {
    const { path, skipped, incomplete, reduced } = result
    if (reduced !== undefined) this.#list(path, `${reduced}, so only exact rules were used`)
    if (skipped !== null) this.skip(path, skipped)
    if (incomplete !== null) this.fallShort(path, incomplete)
    if (skipped !== null) return
    this.otherLanguages.meet(path)
    this.met.meet(path)
    this.#files++
    this.#bytes += bytes
    this.#keep(this.collected.findings, result.findings)
    this.#keep(this.collected.suppressed, result.suppressed)
  }

  /** Takes the result of files that were looked at together, each of them counted before. */
  addUnit(result: FileResult, files: readonly string[]): void {
    const { findings, suppressed, packages, incomplete, path } = result
    if (incomplete !== null) this.#shortfall({ path, reason: incomplete, files })
    this.#keep(this.collected.findings, findings)
    this.#keep(this.collected.suppressed, suppressed)
    for (const one of packages ?? []) this.collected.packages.push(one)
  }

  addFindings(findings: readonly Finding[]): void {
    this.#keep(this.collected.findings, findings)
  }

  /** Takes what another collector found, but not what it looked at. */
  addAll({ findings, suppressed, shortfalls }: Collected): void {
    this.#keep(this.collected.findings, findings)
    this.#keep(this.collected.suppressed, suppressed)
    for (const { path, reason } of shortfalls) this.fallShort(path, reason)
  }

  skip(path: string, reason: SkippedPath['reason'] | NonNullable<FileResult['skipped']>): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1)
    this.#list(path, reason)
    if (incompleteReasons.has(reason)) this.fallShort(path, reason)
  }

  /** Takes the path of code of which a scan with these shortfalls does not prove all. */
  doubt(path: string): void {
    this.collected.unproved.push(path)
  }

  fallShort(path: string | null, reason: string): void {
    this.#shortfall({ path, reason })
  }

  coverage(durationMs: number): Coverage {
    return {
      files: this.#files,
      bytes: this.#bytes,
      skipped: Object.fromEntries([...this.#skipped].sort(([a], [b]) => (a < b ? -1 : 1))),
      suppressed: this.collected.suppressed.length,
      durationMs: Math.round(durationMs),
      complete: this.collected.shortfalls.length === 0,
    }
  }

  #shortfall(shortfall: Shortfall): void {
    const { shortfalls } = this.collected
    if (shortfalls.length < shortfallsMax) shortfalls.push(shortfall)
  }

  #list(path: string, reason: string): void {
    if (this.collected.skipped.length < skippedMax) this.collected.skipped.push({ path, reason })
  }

  #keep<Item>(kept: Item[], items: readonly Item[]): void {
    const room = this.#findingsMax - kept.length
    // Not spread into `push`: a single file may bring more than an argument list holds.
    for (const item of items.slice(0, room)) kept.push(item)
    if (items.length > room && !this.#overflowed) {
      this.#overflowed = true
      this.fallShort(null, `more than ${this.#findingsMax} findings: the rest is not listed`)
    }
  }

  #overflowed = false
}

const skippedMax = 10_000
export const shortfallsMax = 1_000
