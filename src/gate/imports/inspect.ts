// Looks at a document from outside while its bytes pass by: whether it is one that can be imported,
// whose it is, and how much is in it. Its results are counted, not read.
import { cycloneDxPaths, describeCycloneDx } from './cyclonedx/document.ts'
import { DocumentError } from './document-error.ts'
import { type Format, formatOf, otherReport } from './format.ts'
import { type ElementPath, JsonElements } from './json/elements.ts'
import { InvalidJson, SkeletonTooLarge } from './json/invalid.ts'
import type { JsonObject } from './json/values.ts'
import { documentLimits, resultsMax } from './limits.ts'
import { describeOwn, ownPaths } from './own/document.ts'
import type { ElementHandler } from './reader.ts'
import { describeSarif, sarifPaths } from './sarif/document.ts'
import { notJson } from './sniff.ts'

export interface Outside {
  format: Format
  /** The name of the tool that wrote it. */
  tool: string
  /** Which of several analyses by one tool. */
  category: string | null
  /** What is left of the document without its lists. */
  document: JsonObject
}

export class Inspector {
  private readonly elements: JsonElements
  private start: string | null = null

  /** Handlers by path, for elements that are wanted. */
  constructor(handlers: Readonly<Record<string, ElementHandler>> = {}) {
    const paths: Record<string, ElementPath> = {
      ...sarifPaths(resultsMax),
      ...cycloneDxPaths(resultsMax),
      ...ownPaths(resultsMax),
    }
    for (const [path, onElement] of Object.entries(handlers)) {
      paths[path] = { elementsMax: resultsMax, ...paths[path], onElement }
    }
    this.elements = new JsonElements(paths, documentLimits)
  }

  /** Throws DocumentError as soon as something is wrong. */
  push(chunk: Uint8Array): void {
    if (this.start === null && chunk.length > 0) {
      const seen = notJson(chunk)
      if (seen !== null) throw new DocumentError(`The document is ${seen}`)
      this.start = Buffer.from(chunk.subarray(0, startBytes)).toString('latin1')
    }
    this.reading(() => this.elements.push(chunk))
  }

  /** Throws DocumentError. */
  end(): Outside {
    const { format, document } = formatOf(this.reading(() => this.elements.end()))
    return { format, document, ...describe[format](document) }
  }

  count(path: string): number {
    return this.elements.count(path)
  }

  private reading<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof InvalidJson)) throw error
      const other = error instanceof SkeletonTooLarge ? this.otherReport() : null
      throw new DocumentError(other ?? `The document ${error.message} (at byte ${error.offset})`)
    }
  }

  private otherReport(): string | null {
    return otherReport((name) => this.start?.includes(`"${name}"`) ?? false)
  }
}

const describe = { sarif: describeSarif, cyclonedx: describeCycloneDx, panthera: describeOwn }
const startBytes = 65_536
