// Opens the indexes of advisories, each when its ecosystem is first looked up.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  type IndexFile,
  IndexFileError,
  openIndex,
} from '../../scanner/dependencies/advisories/index-file.ts'
import { type AdvisoryIndex, advisoryIndex } from '../../scanner/dependencies/advisories/lookup.ts'
import type { Ecosystem } from '../../scanner/dependencies/package.ts'
import { bundledAdvisories, indexFileName, userAdvisories } from './directory.ts'

export interface LoadOptions {
  /** Folders with index files; the user's own and the package's unless given. */
  directories?: readonly string[] | undefined
}

/**
 * All folders count together (`advisoryIndex` says how). Where there is no file, nothing is known
 * of an ecosystem; one that cannot be read is left out and told by `problems()`.
 */
export async function loadAdvisories(options: LoadOptions = {}): Promise<AdvisoryIndex> {
  const directories = options.directories ?? [userAdvisories(), await bundledAdvisories()]
  return advisoryIndex((ecosystem, onProblem) =>
    directories.flatMap((directory) => {
      const path = join(directory, indexFileName(ecosystem))
      try {
        return readIndex(path, ecosystem) ?? []
      } catch (error) {
        if (!(error instanceof IndexFileError)) throw error
        onProblem(`${path} cannot be used: ${error.message}`)
        return []
      }
    }),
  )
}

/**
 * null where there is no such file. Reads at once: it takes a few milliseconds, once.
 *
 * @throws {IndexFileError}
 */
export function readIndex(path: string, ecosystem: Ecosystem): IndexFile | null {
  let bytes: Buffer
  try {
    if (statSync(path).size > fileBytesMax) throw new IndexFileError('it is too large')
    bytes = readFileSync(path)
  } catch (error) {
    if (error instanceof IndexFileError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new IndexFileError(String(code))
  }
  const file = openIndex(bytes)
  if (file.description.ecosystem !== ecosystem) {
    throw new IndexFileError(`it is about ${file.description.ecosystem}`)
  }
  return file
}

const fileBytesMax = 256 * 1024 * 1024
