// Builds the indexes that come with the package out of known/<ecosystem>.yaml:
//
//   node data/advisories/build.ts [--into FOLDER]
//
// The same files and the same Node give the same bytes; SHA256SUMS holds their checksums.
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { indexFileName } from '../../src/gate/source/advisories/directory.ts'
import { buildSelection } from '../../src/gate/source/advisories/selection.ts'

const { values } = parseArgs({
  options: { into: { type: 'string', default: import.meta.dirname } },
})
const [{ date }] = JSON.parse(await readFile(join(import.meta.dirname, 'sources.json'), 'utf8'))
const into = resolve(values.into)
await mkdir(into, { recursive: true })
const sums: string[] = []
const indexes = await buildSelection(join(import.meta.dirname, 'known'), date)
for (const { description, bytes } of indexes) {
  const name = indexFileName(description.ecosystem)
  await writeFile(join(into, name), bytes)
  sums.push(`${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`)
  const { packages, vulnerabilities } = description
  console.log(`${name}: ${bytes.length} bytes, ${packages} packages, ${vulnerabilities} known`)
}
await writeFile(join(into, 'SHA256SUMS'), sums.join(''))
