// Reads a stored document, SARIF, CycloneDX or our own, in two passes over its file: so
// that neither its size nor the order of its parts matters.
import { createReadStream } from 'node:fs'
import type { Package } from '../scanner/dependencies/package.ts'
import type { Finding } from '../scanner/finding.ts'
import type { Suppressed } from '../scanner/suppressed.ts'
import { oneAhead } from './ahead.ts'
import { CycloneDxReader } from './cyclonedx/document.ts'
import type { Format } from './format.ts'
import { Inspector } from './inspect.ts'
import type { JsonObject } from './json/values.ts'
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
  /** What was looked at, in numbers; empty where the document does not tell. */
  coverage: JsonObject
  reader: Reader
}

export interface ReadOptions {
  /** Keys the fingerprints of secrets; without it only their masks are compared. */
  fingerprintKey?: Uint8Array | null
  /** Hears of each result that is no finding: `suppressed`, `not_affected`, … */
  onSkip?: (reason: string) => void
}

/** A foreign tool tells its rules only; what it reports, it looked for everywhere. */
const foreignScope: Scope = { history: true, scanTypes: [], advisories: null, within: null }

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
    coverage: reader.coverage ?? {},
    reader,
  }
}

/**
 * The second pass: findings in the document's order, in batches of about a thousand. May be called
 * again. Throws DocumentError that names the place.
 */
export function readDocument(
  { path, reader }: ImportDocument,
  options: ReadOptions = {},
): AsyncGenerator<Finding[]> {
  const itemsOf = reader.mapper(mapping(options))
  return oneAhead(batches(path, { path: reader.findingsPath, itemsOf }))
}

/** Another pass, for what the scanned project accepts itself. Throws the same. */
export async function* readSetAside(
  { path, reader }: ImportDocument,
  options: ReadOptions = {},
): AsyncGenerator<Suppressed[]> {
  const { setAside } = reader
  if (setAside === undefined) return
  yield* batches(path, { path: setAside.path, itemsOf: setAside.mapper(mapping(options)) })
}

function mapping({ fingerprintKey = null, onSkip = () => undefined }: ReadOptions): MapperOptions {
  return { fingerprintKey, skip: onSkip }
}

async function* batches<Item>(
  path: string,
  wanted: { path: string; itemsOf: (element: unknown, indices: readonly number[]) => Item[] },
): AsyncGenerator<Item[]> {
  let batch: Item[] = []
  const inspector = new Inspector({
    [wanted.path]: (element, indices) => {
      for (const item of wanted.itemsOf(element, indices)) batch.push(item)
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
