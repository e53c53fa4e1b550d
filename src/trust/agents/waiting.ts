// Agents that wait for work on this node. None of them holds a connection to the database: they are
// woken by a notification, and ask again now and then in case one was lost.
import type { Database } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import { jobChannel } from './jobs.ts'

/** Of all organizations, and of one: no organization keeps the others from waiting. */
const waitingMax = { all: 5_000, organization: 4_000 }

export interface Waiting {
  /** The next one of an agent ends the one before. Throws 503 where too many wait. */
  enter(agent: { organizationId: string; id: string }): Promise<Place>
}

export interface Place {
  /** Until there may be work, at most so long; false where it is of no use to wait on. */
  next(ms: number): Promise<boolean>
  leave(): void
}

export function createWaiting(
  db: Pick<Database, 'listen'>,
  stopping: AbortSignal,
  max = waitingMax,
): Waiting {
  const places = new Map<string, { wake: (again: boolean) => void }>()
  const counts = new Map<string, number>()
  let listening: Promise<void> | null = null

  async function listen(): Promise<void> {
    listening ??= db.listen(jobChannel, (name) => places.get(name)?.wake(true))
    try {
      await listening
    } catch {
      // Asking now and then does as well; the next one tries anew.
      listening = null
    }
  }

  return {
    async enter({ organizationId, id }) {
      const name = `${organizationId} ${id}`
      const isFresh = !places.has(name)
      const own = counts.get(organizationId) ?? 0
      if (isFresh && (places.size >= max.all || own >= max.organization)) {
        const headers = { 'retry-after': '5' }
        throw common.problem('unavailable', { message: 'Too many agents wait here', headers })
      }
      const place = createPlace(stopping)
      places.get(name)?.wake(false)
      places.set(name, place)
      if (isFresh) counts.set(organizationId, own + 1)
      await listen()
      return {
        next: place.next,
        leave() {
          if (places.get(name) !== place) return
          places.delete(name)
          const left = (counts.get(organizationId) ?? 1) - 1
          if (left === 0) counts.delete(organizationId)
          else counts.set(organizationId, left)
        },
      }
    },
  }
}

function createPlace(stopping: AbortSignal) {
  let over = stopping.aborted
  let woken = false
  let resume: (() => void) | null = null
  function wake(again: boolean): void {
    if (!again) over = true
    woken = true
    resume?.()
  }
  async function next(ms: number): Promise<boolean> {
    if (!woken && !over && !stopping.aborted) await sleep(ms)
    woken = false
    return !over && !stopping.aborted
  }
  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        stopping.removeEventListener('abort', done)
        resume = null
        resolve()
      }
      const timer = setTimeout(done, ms)
      stopping.addEventListener('abort', done)
      resume = done
    })
  }
  return { wake, next }
}
