// The house keeps its own rules: boundaries, sizes, names and proofs over the whole repository.
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findForbiddenImports, findWaysToTheDatabase } from './tidy/boundaries.ts'
import type { Catalogues, ErrorEntry } from './tidy/catalogue.ts'
import { findErrorFaults } from './tidy/catalogue.ts'
import { findCircles } from './tidy/circles.ts'
import { findLargeFiles, findMisnumberedMigrations } from './tidy/files.ts'
import { findForbiddenForms } from './tidy/forms.ts'
import { findLockfileGaps } from './tidy/lockfile.ts'
import { findBadNames } from './tidy/names.ts'
import { findUnprovenRules } from './tidy/proofs.ts'
import { findImpurities } from './tidy/purity.ts'
import { findLongFiles, findLongFunctions, findLongLines } from './tidy/size.ts'
import { findPagesWithoutOneTitle, findUntidyText } from './tidy/text.ts'
import type { Check } from './tidy/tree.ts'
import { listFiles, readTree } from './tidy/tree.ts'

const root = dirname(import.meta.dirname)
const tree = readTree(root)

const checks: [promise: string, check: Check][] = [
  ['imports nothing across a boundary', findForbiddenImports],
  ['reaches no database from the command line and the agent', findWaysToTheDatabase],
  ['keeps its hearts pure', findImpurities],
  ['imports in no circles', findCircles],
  ['has no long files', findLongFiles],
  ['has no long functions', findLongFunctions],
  ['has no long lines', findLongLines],
  ['names its types and its exports', findForbiddenForms],
  ['names its files well', findBadNames],
  ['numbers its migrations', findMisnumberedMigrations],
  ['proves each rule', findUnprovenRules],
  ['is free of leftovers', findUntidyText],
  ['gives each page one title', findPagesWithoutOneTitle],
  ['installs everywhere', findLockfileGaps],
]

describe('the repository', () => {
  it('is read', () => {
    expect([...tree.keys()]).toEqual(expect.arrayContaining(['package.json', 'src/server.ts']))
  })

  it.each(checks)('%s', (_, check) => {
    expect(check(tree)).toEqual([])
  })

  it('has no large files', () => {
    const files = listFiles(root).map((path) => ({ path, bytes: statSync(join(root, path)).size }))
    expect(findLargeFiles(files)).toEqual([])
  })

  it('gives each error code one meaning', async () => {
    expect(findErrorFaults(await readCatalogues())).toEqual([])
  })
})

/** What `defineErrors` made, from every `errors.ts` of the platform and the modules. */
async function readCatalogues(): Promise<Catalogues> {
  const paths = [...tree.keys()].filter((path) => /^src\/.+\/errors\.ts$/.test(path))
  const catalogues: Catalogues = {}
  for (const path of paths) {
    const exported: Record<string, unknown> = await import(join(root, path))
    for (const [name, value] of Object.entries(exported)) {
      if (isCatalogue(value)) catalogues[`${path} (${name})`] = value.entries
    }
  }
  return catalogues
}

function isCatalogue(value: unknown): value is { entries: Record<string, ErrorEntry> } {
  return typeof value === 'object' && value !== null && 'entries' in value
}
