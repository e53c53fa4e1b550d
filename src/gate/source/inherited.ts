// Finds the files in which other tools keep what is accepted, in a folder or in a commit.
import { join, relative, sep } from 'node:path'
import { inheritedFiles, readInheritedFile, tooLarge } from '../scanner/inherited/files.ts'
import type { InheritedFile } from '../scanner/project/word.ts'
import { readBlobs } from './git/blobs.ts'
import type { Git } from './git/environment.ts'
import { locateRepository } from './git/locate.ts'
import type { TreeFile } from './git/tree.ts'
import { isTooLarge, readSmallFile } from './small-file.ts'

/** Of the folder itself and of the top of its repository, where tools are run. */
export function readInherited(folder: string): InheritedFile[] {
  const top = locateRepository(folder)?.top ?? folder
  return [...new Set([folder, top])].flatMap((place) =>
    inheritedFiles.flatMap((name) => {
      const prefix = prefixOf(place, folder)
      const path = join(place, name)
      if (isTooLarge(path, inheritedBytesMax)) return { prefix, ...tooLarge(name) }
      const text = readSmallFile(path, inheritedBytesMax)
      return text === null ? [] : { prefix, ...readInheritedFile(name, text) }
    }),
  )
}

/** The way from a folder down to one below: `''`, or `services/shop/`. */
export function prefixOf(from: string, to: string): string {
  const folders = relative(from, to).split(sep).filter(Boolean)
  return folders.map((name) => `${name}/`).join('')
}

/** Of the top of a tree. */
export async function readInheritedOf(
  git: Git,
  files: readonly TreeFile[],
  at: { gitDir: string; signal?: AbortSignal | undefined },
): Promise<InheritedFile[]> {
  const texts = await readTopFiles(git, files, { ...at, names: inheritedFiles })
  const large = files.filter(({ path, bytes }) => {
    return inheritedFiles.includes(path) && bytes > inheritedBytesMax
  })
  return [
    ...[...texts].map(([name, text]) => ({ prefix: '', ...readInheritedFile(name, text) })),
    ...large.map(({ path }) => ({ prefix: '', ...tooLarge(path) })),
  ]
}

/** The texts of files at the top of a tree, by name; what is too large is left out. */
export async function readTopFiles(
  git: Git,
  files: readonly TreeFile[],
  at: { names: readonly string[]; gitDir: string; signal?: AbortSignal | undefined },
): Promise<Map<string, string>> {
  const { names, gitDir, signal } = at
  const wanted = files.filter(
    ({ path, bytes }) => names.includes(path) && bytes <= inheritedBytesMax,
  )
  const blobs = [...new Set(wanted.map(({ blob }) => blob))]
  const texts = new Map<string, string>()
  const limits = { gitDir, blobBytesMax: inheritedBytesMax, signal }
  for await (const { blob, bytes } of readBlobs(git, blobs, limits)) {
    const text = Buffer.from(bytes ?? []).toString('utf8')
    for (const { path } of wanted.filter((file) => file.blob === blob)) texts.set(path, text)
  }
  return texts
}

const inheritedBytesMax = 1 << 20
