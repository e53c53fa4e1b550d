// The commit that a working copy stands on, read without running git.
import { dirname, join, resolve } from 'node:path'
import { readSmallFile } from '../small-file.ts'
import { locateRepository } from './locate.ts'

/** Hex digits; null where the path belongs to no repository, or to one without a commit. */
export function readHead(path: string): string | null {
  const located = locateRepository(path) ?? locateRepository(dirname(path))
  if (located === null) return null
  const { gitDir } = located
  const head = readSmallFile(join(gitDir, 'HEAD'), bytesMax)?.trim() ?? ''
  const reference = /^ref: (refs\/[^\0\s]+)$/.exec(head)?.[1]
  if (reference === undefined) return nameForm.test(head) ? head : null
  // A work tree of its own keeps its references where it came from.
  const pointer = readSmallFile(join(gitDir, 'commondir'), bytesMax)?.trim()
  const common = pointer === undefined ? gitDir : resolve(gitDir, pointer)
  const loose = readSmallFile(join(common, reference), bytesMax)?.trim() ?? ''
  if (nameForm.test(loose)) return loose
  const packed = readSmallFile(join(common, 'packed-refs'), packedBytesMax) ?? ''
  const line = packed.split('\n').find((each) => each.endsWith(` ${reference}`)) ?? ''
  const [name = ''] = line.split(' ')
  return nameForm.test(name) ? name : null
}

const nameForm = /^[0-9a-f]{40,64}$/
const bytesMax = 4_096
const packedBytesMax = 64 << 20
