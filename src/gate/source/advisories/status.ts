// Which indexes of advisories there are.
import { join } from 'node:path'
import {
  type IndexDescription,
  IndexFileError,
} from '../../scanner/dependencies/advisories/index-file.ts'
import { type Ecosystem, ecosystems } from '../../scanner/dependencies/package.ts'
import { indexFileName } from './directory.ts'
import { readIndex } from './load.ts'

export interface IndexFolder {
  /** `own`: what an update wrote; `bundled`: what came with the package. */
  kind: 'own' | 'bundled'
  directory: string
}

export interface IndexStatus {
  kind: IndexFolder['kind']
  ecosystem: Ecosystem
  path: string
  /** null where the file cannot be used. */
  description: IndexDescription | null
  problem: string | null
}

/** In the order of the ecosystems, then of the folders; files that are not there are left out. */
export async function advisoryStatus(folders: readonly IndexFolder[]): Promise<IndexStatus[]> {
  return ecosystems.flatMap((ecosystem) =>
    folders.flatMap(({ kind, directory }): IndexStatus[] => {
      const path = join(directory, indexFileName(ecosystem))
      const found = { kind, ecosystem, path }
      try {
        const file = readIndex(path, ecosystem)
        return file === null ? [] : [{ ...found, description: file.description, problem: null }]
      } catch (error) {
        if (!(error instanceof IndexFileError)) throw error
        return [{ ...found, description: null, problem: error.message }]
      }
    }),
  )
}
