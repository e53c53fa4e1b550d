// What the two formats have in common: two passes over one document.
import type { Finding } from '../scanner/finding.ts'
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
  /** For one second pass; `skip` hears why an element is no finding. */
  mapper(options: MapperOptions): (element: unknown, indices: readonly number[]) => Finding[]
}

export interface MapperOptions {
  skip: (reason: string) => void
  /** Keys the fingerprints of secrets. */
  fingerprintKey: Uint8Array | null
}
