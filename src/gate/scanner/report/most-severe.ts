// Of more findings than a format can take, the most severe, in the order in which they came.
import { type Finding, type Severity, severities } from '../finding.ts'
import type { Suppressed } from '../suppressed.ts'

export interface Room {
  itemsMax: number
  /** Of all texts together. */
  charsMax: number
}

export interface Kept {
  texts: string[]
  /** How many found no room. */
  left: number
}

type Source = 'findings' | 'suppressed'
type Streams = {
  findings: Iterable<Finding> | AsyncIterable<Finding>
  suppressed: Iterable<Suppressed> | AsyncIterable<Suppressed>
}

/** Holds no more than what fits. What was set aside goes first, then the least severe. */
export async function keepMostSevere(
  { findings, suppressed }: Streams,
  write: (finding: Finding, suppressed: Suppressed | null) => string,
  room: Room,
): Promise<Record<Source, Kept>> {
  const shelf = new Shelf(room)
  for await (const finding of findings) {
    shelf.add('findings', severities.indexOf(finding.severity), write(finding, null))
  }
  for await (const one of suppressed) shelf.add('suppressed', last, write(one.finding, one))
  return { findings: shelf.kept('findings'), suppressed: shelf.kept('suppressed') }
}

const last = severities.length

class Shelf {
  readonly #room: Room
  /** By rank: the first is kept longest. */
  readonly #ranks = Array.from({ length: last + 1 }, (): { order: number; text: string }[] => [])
  readonly #added = { findings: 0, suppressed: 0 }
  #items = 0
  #chars = 0
  #order = 0

  constructor(room: Room) {
    this.#room = room
  }

  add(source: Source, rank: number, text: string): void {
    this.#added[source]++
    this.#ranks[rank]?.push({ order: this.#order++, text })
    this.#items++
    this.#chars += text.length
    while (this.#items > this.#room.itemsMax || this.#chars > this.#room.charsMax) {
      const dropped = this.#ranks.findLast((rank) => rank.length > 0)?.pop()
      if (dropped === undefined) return
      this.#items--
      this.#chars -= dropped.text.length
    }
  }

  kept(source: Source): Kept {
    const ranks = source === 'suppressed' ? this.#ranks.slice(last) : this.#ranks.slice(0, last)
    const texts = ranks
      .flat()
      .sort((a, b) => a.order - b.order)
      .map(({ text }) => text)
    return { texts, left: this.#added[source] - texts.length }
  }
}

export interface Chosen {
  /** In the order in which they came. */
  findings: Finding[]
  counts: Record<Severity, number>
  total: number
}

/** The most severe `max` of them, the first of equal ones, and how many there are of each kind. */
export async function mostSevere(
  findings: Iterable<Finding> | AsyncIterable<Finding>,
  max: number,
): Promise<Chosen> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 }
  let total = 0
  let kept: { order: number; finding: Finding }[] = []
  const reduce = () => {
    const rank = ({ finding }: { finding: Finding }) => severities.indexOf(finding.severity)
    kept = kept.sort((a, b) => rank(a) - rank(b) || a.order - b.order).slice(0, max)
  }
  for await (const finding of findings) {
    counts[finding.severity]++
    kept.push({ order: total++, finding })
    if (kept.length >= 2 * max) reduce()
  }
  reduce()
  const inOrder = kept.sort((a, b) => a.order - b.order).map(({ finding }) => finding)
  return { findings: inOrder, counts, total }
}
