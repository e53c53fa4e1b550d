// Makes indexes of advisories from databases that were fetched, and puts them where scans look.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../../../platform/files.ts'
import { AdvisoryCollection } from '../../scanner/dependencies/advisories/collect.ts'
import {
  AdvisoryFileError,
  readAdvisories,
} from '../../scanner/dependencies/advisories/formats/read.ts'
import type { IndexDescription } from '../../scanner/dependencies/advisories/index-file.ts'
import { indexFileName } from './directory.ts'
import { sourceTexts } from './files.ts'
import { AdvisoryInputError } from './input-error.ts'

export interface ImportOptions {
  /** Files, folders, zips or URLs of zips, as `sourceTexts` reads them. */
  sources: readonly string[]
  /** Where the indexes go. */
  directory: string
  env?: NodeJS.ProcessEnv
  onProgress?: (files: number) => void
}

/**
 * Replaces the index of each ecosystem that the sources tell of, whole or not at all; the others
 * stay as they are. Nothing is written before everything was read.
 *
 * @throws {AdvisoryInputError} naming the source, the file and what is wrong.
 */
export async function importAdvisories(options: ImportOptions): Promise<IndexDescription[]> {
  const { sources, directory, env = process.env, onProgress } = options
  const collection = new AdvisoryCollection()
  let files = 0
  for (const source of sources) {
    let records = 0
    for await (const { path, text } of sourceTexts(source, env)) {
      files += 1
      onProgress?.(files)
      for (const advisory of read(text, path)) {
        records += 1
        collection.add(advisory)
      }
    }
    if (records === 0) {
      throw new AdvisoryInputError(`${source} holds no advisory of an ecosystem that is scanned`)
    }
  }
  // A database without dates stays without: the day of the import says nothing of its age.
  return await write([...collection.indexes()], directory)
}

function read(text: string, path: string) {
  try {
    // What is no advisory lies beside them in every database: its package.json, its README.md.
    return readAdvisories(text, path) ?? []
  } catch (error) {
    if (error instanceof AdvisoryFileError) throw new AdvisoryInputError(error.message)
    throw error
  }
}

async function write(
  indexes: readonly { description: IndexDescription; bytes: Buffer }[],
  directory: string,
): Promise<IndexDescription[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  for (const { description, bytes } of indexes) {
    await writeAtomic(join(directory, indexFileName(description.ecosystem)), bytes)
  }
  return indexes.map(({ description }) => description)
}
