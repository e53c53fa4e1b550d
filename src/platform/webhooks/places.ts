// How many deliveries are under way on this node, in all and per endpoint. Each endpoint has a
// window as TCP has: it widens while answers are quick, and narrows when they fail or take long, so
// that an endpoint which is slow or dead holds hardly any of the places that all share.

/** What the next claim may take. */
export interface Offer {
  places: number
  /** Endpoints that are known here, with the room that each has left. */
  rooms: ReadonlyMap<string, number>
  /** For every other endpoint. */
  roomDefault: number
}

export interface Places {
  offer(): Offer
  isFree(): boolean
  isEmpty(): boolean
  /** Answers false where the delivery is under way already. */
  take(delivery: Placed): boolean
  /** Answers whether the endpoint was full until now, so that more may wait for it. */
  answered(delivery: Placed, pace: Pace): boolean
  /** After the result was written. Answers whether all places were taken until now. */
  leave(delivery: Placed): boolean
}

export type Pace = 'quick' | 'steady' | 'strained'

interface Placed {
  id: string
  endpointId: string
}

/** What an answer says of how much its endpoint can take. */
export function paceOf({ error, durationMs }: { error: string | null; durationMs: number }): Pace {
  if (error !== null || durationMs > strainedMs) return 'strained'
  return durationMs < quickMs ? 'quick' : 'steady'
}

const quickMs = 2_000
const strainedMs = 5_000
export const placesMax = 512
const windowFirst = 4
const windowMin = 2
const windowMax = 32
/** An endpoint that was idle for so long begins anew. */
const idleMs = 60_000

/** @param now any clock in milliseconds */
export function createPlaces(now: () => number): Places {
  const held = new Set<string>()
  const endpoints = new Map<string, { sending: number; window: number; usedAt: number }>()

  function known(endpointId: string) {
    const found = endpoints.get(endpointId)
    if (found !== undefined) return found
    const made = { sending: 0, window: windowFirst, usedAt: now() }
    endpoints.set(endpointId, made)
    return made
  }

  function forgetIdle(): void {
    for (const [id, { sending, usedAt }] of endpoints) {
      if (sending === 0 && now() - usedAt > idleMs) endpoints.delete(id)
    }
  }

  return {
    offer() {
      forgetIdle()
      const rooms = new Map<string, number>()
      for (const [id, { sending, window }] of endpoints)
        rooms.set(id, Math.max(0, window - sending))
      return { places: placesMax - held.size, rooms, roomDefault: windowFirst }
    },
    isFree: () => held.size < placesMax,
    isEmpty: () => held.size === 0,
    take({ id, endpointId }) {
      if (held.has(id)) return false
      held.add(id)
      known(endpointId).sending += 1
      return true
    },
    answered({ endpointId }, pace) {
      const endpoint = known(endpointId)
      const wasFull = endpoint.sending >= endpoint.window
      endpoint.sending -= 1
      endpoint.usedAt = now()
      if (pace === 'quick') endpoint.window = Math.min(windowMax, endpoint.window + 1)
      if (pace === 'strained') {
        endpoint.window = Math.max(windowMin, Math.floor(endpoint.window / 2))
      }
      return wasFull
    },
    leave({ id }) {
      const wasFull = held.size >= placesMax
      held.delete(id)
      return wasFull
    },
  }
}
