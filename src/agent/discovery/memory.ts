// What the agent remembers of files between two passes, on disk: a pass that was cut off, or whose
// report did not arrive, leaves the memory of the one before.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { privateDirectory, writeAtomic } from '../../platform/files.ts'
import type { DiscoveryState, KnownCertificate } from '../../trust/connectors/discover/contract.ts'
import { Stamps } from './stamps.ts'

const Known = z.object({ fingerprint: z.string().max(100), hasPrivateKey: z.boolean() })
const Saved = z.object({
  version: z.literal(1),
  places: z.array(z.tuple([z.string(), z.string(), z.array(Known)])),
})

interface Place {
  stamp: string
  found: readonly KnownCertificate[]
}

export interface PassMemory {
  state: DiscoveryState
  /** To be called when all that was found has arrived. */
  commit(): Promise<void>
}

export interface Memory {
  /**
   * @param deep whether each file is looked at, so that what is not is gone.
   * @param full whether known certificates are read again all the same, and told in full.
   */
  begin(pass: { deep: boolean; full: boolean }): PassMemory
}

/** What cannot be read there is forgotten. */
export async function openMemory(folder: string): Promise<Memory> {
  await privateDirectory(folder)
  const placesFile = join(folder, 'discovery-places.json')
  const emptyFile = join(folder, 'discovery-empty.bin')
  let places = await readPlaces(placesFile)
  let empty = await readEmpty(emptyFile)

  function begin({ deep, full }: { deep: boolean; full: boolean }): PassMemory {
    const nextPlaces = new Map<string, Place>()
    const nextEmpty = new Stamps()
    const state: DiscoveryState = {
      holds: (path) => places.has(path),
      recall(path, stamp) {
        const place = places.get(path)
        if (place?.stamp === stamp) {
          if (full) return undefined
          nextPlaces.set(path, place)
          return place.found
        }
        const key = `${path}\0${stamp}`
        if (!empty.has(key)) return undefined
        nextEmpty.add(key)
        return []
      },
      remember(path, stamp, found) {
        if (found.length > 0) nextPlaces.set(path, { stamp, found })
        else nextEmpty.add(`${path}\0${stamp}`)
      },
    }
    async function commit(): Promise<void> {
      if (!deep) nextEmpty.addAll(empty)
      const isMore = nextEmpty.size !== empty.size || deep
      places = nextPlaces
      empty = nextEmpty
      const saved: z.infer<typeof Saved> = {
        version: 1,
        places: [...places].map(([path, { stamp, found }]) => [path, stamp, [...found]]),
      }
      await writeAtomic(placesFile, JSON.stringify(saved))
      if (isMore) await writeAtomic(emptyFile, empty.toBytes())
    }
    return { state, commit }
  }
  return { begin }
}

async function readPlaces(path: string): Promise<Map<string, Place>> {
  try {
    const saved = Saved.parse(JSON.parse(await readFile(path, 'utf8')))
    return new Map(saved.places.map(([place, stamp, found]) => [place, { stamp, found }]))
  } catch {
    return new Map()
  }
}

async function readEmpty(path: string): Promise<Stamps> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  return Stamps.fromBytes(bytes) ?? new Stamps()
}
