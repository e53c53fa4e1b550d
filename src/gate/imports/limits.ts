// How large an imported document and its texts may be.
import type { JsonLimits } from './json/elements.ts'

export const resultsMax = 250_000

export const documentLimits: JsonLimits = {
  /** Decompressed. */
  bytesMax: 2 ** 30,
  depthMax: 64,
  /** One result with its data flows, or one artefact with its content. */
  elementBytesMax: 4 * 2 ** 20,
  skeletonBytesMax: 8 * 2 ** 20,
}

/** What is longer is cut, not refused. */
export const ruleIdCharsMax = 300
export const titleCharsMax = 200
export const descriptionCharsMax = 4_000
export const remediationCharsMax = 8_000
export const toolNameCharsMax = 100
