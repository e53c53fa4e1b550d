// Makes the indexes of the selection that comes with the package out of the files it is written in.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { AdvisoryCollection } from '../../scanner/dependencies/advisories/collect.ts'
import { readSelected } from '../../scanner/dependencies/advisories/formats/selected.ts'
import type { IndexDescription } from '../../scanner/dependencies/advisories/index-file.ts'
import { selectionSource } from '../../scanner/dependencies/advisories/selection.ts'
import { ecosystems } from '../../scanner/dependencies/package.ts'

/**
 * `folder` holds a file for each ecosystem; `date` is the day as of which they were written.
 *
 * @throws {SelectionError}
 */
export async function buildSelection(
  folder: string,
  date: string,
): Promise<{ description: IndexDescription; bytes: Buffer }[]> {
  const collection = new AdvisoryCollection()
  for (const ecosystem of ecosystems) {
    const text = await readFile(join(folder, `${ecosystem}.yaml`), 'utf8')
    for (const advisory of readSelected(parse(text), ecosystem)) collection.add(advisory)
  }
  return [...collection.indexes(new Map([[selectionSource, date]]))]
}
