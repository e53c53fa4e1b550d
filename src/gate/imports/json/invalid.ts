// What is wrong with a document, and where.

/** The document is not JSON, or over a limit. Reads on from "The document ". */
export class InvalidJson extends Error {
  /** Counts bytes from 0. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'InvalidJson'
    this.offset = offset
  }
}

/** Too much stands outside of the lists that were asked for: it may be another kind of document. */
export class SkeletonTooLarge extends InvalidJson {}
