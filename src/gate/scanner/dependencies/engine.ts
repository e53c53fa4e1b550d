// Finds out which packages a project uses, from its lock files and manifests.
import type { Membership, Unit, UnitEngine, UnitEngineResult } from '../engine.ts'
import type { SourceText } from '../source-text.ts'
import type { Budget } from '../weakness.ts'
import { Unreadable } from './formats/unreadable.ts'
import type { Package } from './package.ts'
import { PackageGraph } from './package-graph.ts'
import { readerOf } from './readers/readers.ts'
import { projectFile, UnitFiles } from './unit-files.ts'

/** Counts up whenever the same files may give other packages. */
const readingVersion = 3

export function createDependencyEngine(): UnitEngine {
  return {
    kind: 'dependencies',
    rules: [],
    digest: `dependencies ${readingVersion}`,
    wants: (path) => readerOf(path) !== undefined,
    prepare: () => null,
    membership,
    scan,
  }
}

function membership(source: SourceText): Membership | null {
  const reader = readerOf(source.path)
  if (reader === undefined || reader.recognises?.(source.bytes, source.path) === false) return null
  let links: readonly string[] | null = []
  try {
    if (reader.links !== undefined) links = reader.links(projectFile(source))
  } catch {
    // What cannot be read belongs to its own folder; reading it says what is wrong with it.
  }
  if (links === null) return null
  return { kind: 'dependencies', links: [...new Set(links)].slice(0, linksMax) }
}

const linksMax = 2000

function scan({ files }: Unit, budget: Budget): UnitEngineResult {
  const unit = new UnitFiles(files)
  const packages: Package[] = []
  const faults: string[] = []
  for (const source of files) {
    const read = readFile(source, unit, budget)
    for (const found of read.packages) packages.push(found)
    if (read.fault !== null) faults.push(`${source.path}: ${read.fault}`)
  }
  const more = faults.length > faultsMax ? `; and ${faults.length - faultsMax} more` : ''
  const incomplete = faults.length === 0 ? null : faults.slice(0, faultsMax).join('; ') + more
  return { weaknesses: [], packages, incomplete }
}

const faultsMax = 3

function readFile(source: SourceText, unit: UnitFiles, budget: Budget) {
  const reader = readerOf(source.path)
  if (reader?.read === undefined) return { packages: [], fault: null }
  const graph = new PackageGraph(source, reader.ecosystem, budget)
  let fault: string | null = null
  try {
    reader.read(unit.get(source.path) ?? projectFile(source), graph, unit)
  } catch (error) {
    // No file may end the scan of others, whatever it makes a reader do.
    fault = error instanceof Unreadable ? error.message : 'not of the form that its name promises'
  }
  const faults = [fault, graph.shortfall].filter((one) => one !== null)
  return { packages: graph.packages(), fault: faults.length === 0 ? null : faults.join('; ') }
}
