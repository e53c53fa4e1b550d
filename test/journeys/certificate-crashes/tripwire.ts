// Where a process may be killed on the way of a renewal, and the wire across one such place.

export type Victim = 'server' | 'agent'

export interface Place {
  /** Asked of the authority, between agent and server, written to the database, or in the agent. */
  where: 'authority' | 'protocol' | 'database' | 'agent'
  name: string
  /** Before it is sent or committed; after it was, and before anybody has heard the answer. */
  moment: 'before' | 'after'
}

export interface Point extends Place {
  victim: Victim
  /** Counts from 1 those that are alike. */
  nth: number
}

export interface Tripwire {
  /** Each place that was passed since it was laid. */
  readonly passed: readonly Place[]
  /** Whether it was touched. */
  readonly isTouched: boolean
  /** `kill` is called once, the moment that the point is reached; null only watches. */
  lay(point: Point | null, kill: () => void): void
  /** Answers true where the process died here: what it sent or would have heard is lost. */
  pass(place: Place): boolean
}

export function createTripwire(): Tripwire {
  let passed: Place[] = []
  let isTouched = false
  let wanted: Point | null = null
  let kill = () => {}
  return {
    get passed() {
      return passed
    },
    get isTouched() {
      return isTouched
    },
    lay(point, onTouch) {
      passed = []
      isTouched = false
      wanted = point
      kill = onTouch
    },
    pass(place) {
      passed.push(place)
      if (wanted === null || isTouched || !isSame(place, wanted)) return false
      if (passed.filter((each) => isSame(each, place)).length !== wanted.nth) return false
      isTouched = true
      kill()
      return true
    },
  }
}

export function isSame(a: Place, b: Place): boolean {
  return a.where === b.where && a.name === b.name && a.moment === b.moment
}

export function nameOf({ victim, where, name, moment, nth }: Point): string {
  return `${victim}, ${where}: ${moment} ${name}${nth === 1 ? '' : ` (${nth})`}`
}
