// What the two formats have in common: two passes over one document.
import type { Package } from '../scanner/dependencies/package.ts'
import type { Finding, ScanType } from '../scanner/finding.ts'
import type { Suppressed } from '../scanner/suppressed.ts'
import type { JsonObject } from './json/values.ts'

/** The indices are those of the path's `*`, outermost first. */
export type ElementHandler = (element: unknown, indices: readonly number[]) => void

/** Gathers in the first pass what findings refer to, and makes findings in the second. */
export interface Reader {
  /** Whose elements become findings. */
  readonly findingsPath: string
  /** By path. Handlers throw DocumentError. */
  firstPass(): Record<string, ElementHandler>
  /** @param document what is left of it without its lists */
  endFirstPass(document: JsonObject, repositoryName: string | null): void
  /** Whether the tool got through, so that what is not there is gone. */
  readonly isComplete: boolean
  /** The rules that ran. */
  ruleIds(): string[] | 'all'
  /** What else it looked at; foreign tools say nothing of it. */
  readonly scope?: Scope
  /** What the scanned project uses; foreign tools say it elsewhere, if at all. */
  readonly packages?: readonly Package[]
  /** For one second pass; `skip` hears why an element is no finding. */
  mapper(options: MapperOptions): (element: unknown, indices: readonly number[]) => Finding[]
  /** What the scanned project accepts itself, where the document lists that apart. */
  readonly setAside?: {
    path: string
    mapper(options: MapperOptions): (element: unknown, indices: readonly number[]) => Suppressed[]
  }
  /** What was looked at, in numbers. */
  readonly coverage?: JsonObject
}

export interface Scope {
  /** Whether the history was read too. */
  history: boolean
  /** Engines that ran: `sca` stands for every advisory that was known then. */
  scanTypes: readonly ScanType[]
  /** Date of the newest of these advisories. */
  advisories: string | null
  /** Only this folder was looked at; null for all of the repository. */
  within: string | null
}

export interface MapperOptions {
  skip: (reason: string) => void
  /** Keys the fingerprints of secrets. */
  fingerprintKey: Uint8Array | null
}
