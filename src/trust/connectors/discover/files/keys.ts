// The public keys of the private keys that lie beside certificates: in the same folder, or in one
// that is for keys.
import { readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { publicKeysIn } from './read.ts'
import { readWhole } from './read-whole.ts'
import { mayHoldKeys } from './recognize.ts'

export interface NearKeys {
  /** SubjectPublicKeyInfo in Base64. */
  open: Set<string>
  locked: number
}

const filesMax = 2000
const sizeMax = 262_144
const keyFolders = /^(private|keys|key)$/i

/** Everything in a folder that may be a key, and in its or its parent's folder of keys. */
export async function keysNear(folder: string): Promise<NearKeys> {
  const near: NearKeys = { open: new Set(), locked: 0 }
  let left = filesMax
  for (const place of await placesOf(folder)) {
    for (const name of await namesIn(place)) {
      if (!mayHoldKeys(name)) continue
      if (left-- <= 0) return near
      const whole = await readWhole(join(place, name), sizeMax)
      if (!('bytes' in whole) || !whole.bytes.includes('PRIVATE KEY')) continue
      const { keys, lockedKeys } = publicKeysIn(whole.bytes)
      for (const key of keys) near.open.add(key)
      near.locked += lockedKeys
    }
  }
  return near
}

async function placesOf(folder: string): Promise<string[]> {
  const own = await realpath(folder).catch(() => folder)
  const inside = (await namesIn(own)).filter((name) => keyFolders.test(name))
  const parent = dirname(own)
  const beside = (await namesIn(parent)).filter(
    (name) => keyFolders.test(name) && name !== basename(own),
  )
  return [own, ...inside.map((name) => join(own, name)), ...beside.map((n) => join(parent, n))]
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).sort()
}
