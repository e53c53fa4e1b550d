// Reads a stored document, SARIF, CycloneDX or our own, in two passes over its file: so
// that neither its size nor the order of its parts matters.
import { createReadStream } from 'node:fs'
import type { Package } from '../scanner/dependencies/package.ts'
import type { Finding } from '../scanner/finding.ts'
import { oneAhead } from './ahead.ts'
import { CycloneDxReader } from './cyclonedx/document.ts'
import type { Format } from './format.ts'
import { Inspector } from './inspect.ts'
import { resultsMax } from './limits.ts'
import { OwnReader } from './own/document.ts'
import type { MapperOptions, Reader, Scope } from './reader.ts'
import { SarifReader } from './sarif/document.ts'

export interface ImportDocument {
  path: string
  format: Format
  tool: string
  category: string | null
  /** Results or vulnerabilities in the document, findings or not. */
  results: number
  /** Whether the tool got through; otherwise nothing may be taken for gone. */
  isComplete: boolean
  /** The rules that ran. */
  ruleIds: string[] | 'all'
  scope: Scope
  packages: readonly Package[]
  reader: Reader
}

export interface ReadOptions {
  /** Keys the fingerprints of secrets; without it only their masks are compared. */
  fingerprintKey?: Uint8Array | null
  /** Hears of each result that is no finding: `suppressed`, `not_affected`, … */
  onSkip?: (reason: string) => void
}

/** A foreign tool tells its rules only; what it reports, it looked for everywhere. */
const foreignScope: Scope = { history: true, scanTypes: [], advisories: null }

const chunkBytes = 256 * 1024
const batchMin = 1_000

/**
 * The first pass: checks all of the document but the inside of its results.
 *
 * @param repositoryName lets absolute paths be cut to those within the repository
 * @throws DocumentError
 */
export async function inspectDocument(
  path: string,
  { repositoryName = null }: { repositoryName?: string | null } = {},
): Promise<ImportDocument> {
  const readers = {
    sarif: new SarifReader(),
    cyclonedx: new CycloneDxReader(resultsMax),
    panthera: new OwnReader(),
  }
  const inspector = new Inspector({
    ...readers.sarif.firstPass(),
    ...readers.cyclonedx.firstPass(),
    ...readers.panthera.firstPass(),
  })
  for await (const chunk of chunksOf(path)) inspector.push(chunk)
  const { format, tool, category, document } = inspector.end()
  const reader: Reader = readers[format]
  reader.endFirstPass(document, repositoryName)
  return {
    path,
    format,
    tool,
    category,
    results: inspector.count(reader.findingsPath),
    isComplete: reader.isComplete,
    ruleIds: reader.ruleIds(),
    scope: reader.scope ?? foreignScope,
    packages: reader.packages ?? [],
    reader,
  }
}

/**
 * The second pass: findings in the document's order, in batches of about a thousand. May be called
 * again. Throws DocumentError that names the place.
 */
export function readDocument(
  document: ImportDocument,
  options: ReadOptions = {},
): AsyncGenerator<Finding[]> {
  return oneAhead(batches(document, options))
}

async function* batches(
  { path, reader }: ImportDocument,
  { fingerprintKey = null, onSkip = () => undefined }: ReadOptions,
): AsyncGenerator<Finding[]> {
  const options: MapperOptions = { fingerprintKey, skip: onSkip }
  const findingsOf = reader.mapper(options)
  let batch: Finding[] = []
  const inspector = new Inspector({
    [reader.findingsPath]: (element, indices) => {
      for (const finding of findingsOf(element, indices)) batch.push(finding)
    },
  })
  for await (const chunk of chunksOf(path)) {
    inspector.push(chunk)
    if (batch.length < batchMin) continue
    yield batch
    batch = []
  }
  inspector.end()
  if (batch.length > 0) yield batch
}

function chunksOf(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: chunkBytes })
}
