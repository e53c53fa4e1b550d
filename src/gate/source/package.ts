// Finds the package of this file: a checkout with src/, or an installation with build/.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The nearest folder above whose `package.json` says that it is Panthera. */
export async function packageRoot(from = import.meta.dirname): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    if ((await readPackage(folder))?.name === 'panthera') return folder
    if (dirname(folder) === folder) {
      throw new Error(`no package.json of Panthera above ${from}: install the package again`)
    }
  }
}

/** The version that `package.json` states. */
export async function packageVersion(): Promise<string> {
  return String((await readPackage(await packageRoot()))?.version)
}

async function readPackage(folder: string): Promise<{ name?: unknown; version?: unknown } | null> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  } catch {
    return null
  }
}
