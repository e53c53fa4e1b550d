// How much a source of advisories may hold: far more than any has, far less than hurts.

export const sourceLimits = {
  /** Of a zip, which is held in memory. */
  zipBytesMax: 1024 * 1024 * 1024,
  /** Of one record, or of a file with many. */
  fileBytesMax: 32 * 1024 * 1024,
  filesMax: 1_000_000,
  bytesMax: 8 * 1024 * 1024 * 1024,
  downloadMs: 15 * 60_000,
}

export type SourceLimits = typeof sourceLimits
