// Builds the indexes that come with the package out of checkouts of the databases in sources.json:
//
//   node data/advisories/build.ts --into FOLDER PyPA=../advisory-database RustSec=../advisory-db …
//
// Every database must be given, at the commit that sources.json names. The same commits and the
// same Node give the same bytes; SHA256SUMS holds their checksums.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { AdvisoryCollection } from '../../src/gate/scanner/dependencies/advisories/collect.ts'
import { readAdvisories } from '../../src/gate/scanner/dependencies/advisories/formats/read.ts'
import { indexFileName } from '../../src/gate/source/advisories/directory.ts'
import { sourceTexts } from '../../src/gate/source/advisories/files.ts'

interface Source {
  name: string
  url: string
  commit: string
  date: string
  licence: string
  /** Where its records lie in the repository. */
  folder: string
  /** A pattern; files in which it fits are not under the licence. */
  leftOut: string | null
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { into: { type: 'string', default: import.meta.dirname } },
})
const checkouts = new Map(positionals.map((each) => each.split('=', 2) as [string, string]))
const sources: Source[] = JSON.parse(
  await readFile(join(import.meta.dirname, 'sources.json'), 'utf8'),
)
const collection = new AdvisoryCollection()
for (const source of sources) await collect(source)
const dates = new Map(sources.map(({ name, date }) => [name, date]))
const into = resolve(values.into)
await mkdir(into, { recursive: true })
const sums: string[] = []
for (const { description, bytes } of collection.indexes(dates)) {
  const name = indexFileName(description.ecosystem)
  await writeFile(join(into, name), bytes)
  sums.push(`${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`)
  const { packages, vulnerabilities } = description
  console.log(`${name}: ${bytes.length} bytes, ${packages} packages, ${vulnerabilities} known`)
}
await writeFile(join(into, 'SHA256SUMS'), sums.join(''))

async function collect({ name, commit, folder, leftOut }: Source): Promise<void> {
  const checkout = checkouts.get(name)
  if (checkout === undefined) throw new Error(`give the checkout of ${name}: ${name}=FOLDER`)
  const head = headOf(checkout)
  if (head !== null && head !== commit) throw new Error(`${name} is at ${head}, not at ${commit}`)
  const without = leftOut === null ? null : new RegExp(leftOut, 'm')
  const ids = new Set<string>()
  let files = 0
  for await (const { path, text } of sourceTexts(resolve(checkout, folder), {})) {
    if (without?.test(text)) {
      files += 1
      continue
    }
    for (const advisory of readAdvisories(text, path) ?? []) {
      ids.add(advisory.id)
      collection.add(advisory)
    }
  }
  console.log(`${name}: ${ids.size} records, ${files} files left out`)
}

/** null where it is an unpacked archive. */
function headOf(folder: string): string | null {
  try {
    const options = { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] } as const
    const top = execFileSync('git', ['rev-parse', '--show-prefix'], options).trim()
    return top === '' ? execFileSync('git', ['rev-parse', 'HEAD'], options).trim() : null
  } catch {
    return null
  }
}
