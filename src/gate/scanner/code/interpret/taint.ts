// Where a value comes from outside, what has made it harmless since, and the way it took.
import type { SourceText } from '../../source-text.ts'
import type { SourceKind } from '../model/data.ts'

/** One place at which data enters. */
export interface Source {
  kind: SourceKind
  label: string
  file: SourceText
  at: number
  end: number
}

export interface Spot {
  file: SourceText
  at: number
}

/** A step of the way; the newest knows the one before. */
export interface Hop extends Spot {
  label: string
  before: Hop | null
  length: number
}

export interface Taint {
  source: Source
  /** One bit for each rule for which it is harmless by now. */
  cleaned: bigint
  last: Hop
  /** Calls on its way of which nothing is known but their name. */
  guesses: number
}

export type Taints = readonly Taint[]

export const noTaints: Taints = []

const taintsMax = 8
const hopsMax = 40

export function taintFrom(source: Source, cleaned: bigint): Taint {
  const { file, at, label } = source
  const last = { file, at, label, before: null, length: 1 }
  return { source, cleaned, last, guesses: 0 }
}

/** What is harmless on one way only is not harmless. */
export function joinTaints(a: Taints, b: Taints): Taints {
  if (a === b || b.length === 0) return a
  if (a.length === 0) return b
  let joined: Taint[] | null = null
  for (const taint of b) {
    const all: Taints = joined ?? a
    const index = all.findIndex(({ source }) => source === taint.source)
    const known = all[index]
    if (known === undefined) {
      if (all.length >= taintsMax) continue
      joined ??= [...a]
      joined.push(taint)
    } else if ((known.cleaned & taint.cleaned) !== known.cleaned) {
      joined ??= [...a]
      joined[index] = { ...taint, cleaned: known.cleaned & taint.cleaned }
    } else if (taint.guesses < known.guesses) {
      joined ??= [...a]
      joined[index] = { ...taint, cleaned: known.cleaned & taint.cleaned }
    }
  }
  return joined ?? a
}

export function sameTaints(a: Taints, b: Taints): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  return a.every((taint, index) => {
    const other = b[index]
    return other?.source === taint.source && other.cleaned === taint.cleaned
  })
}

export function withHop(taints: Taints, { file, at }: Spot, label: string): Taints {
  if (taints.length === 0) return taints
  return taints.map((taint) => {
    const { last } = taint
    if ((last.at === at && last.file === file) || last.length >= hopsMax) return taint
    return { ...taint, last: { file, at, label, before: last, length: last.length + 1 } }
  })
}

export function cleanFor(taints: Taints, rules: bigint): Taints {
  if (taints.length === 0 || rules === 0n) return taints
  return taints.map((taint) => ({ ...taint, cleaned: taint.cleaned | rules }))
}

/** What a number or a date can carry: not what others wrote, but that it can be foreseen. */
export function plainTaints(taints: Taints): Taints {
  if (taints.length === 0) return taints
  return taints.filter(({ source }) => source.kind === 'predictable')
}

/** After a call of which only the name is known. */
export function guessed(taints: Taints): Taints {
  return taints.map((taint) => ({ ...taint, guesses: taint.guesses + 1 }))
}

/** From the source on. */
export function hopsOf(taint: Taint): Hop[] {
  const hops: Hop[] = []
  for (let hop: Hop | null = taint.last; hop !== null; hop = hop.before) hops.push(hop)
  return hops.reverse()
}
