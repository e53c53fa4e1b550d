// Ways of data that end at a sink and are no finding, and why: what `panthera why` tells of a line.
import type { SourceText } from '../../source-text.ts'
import type { KnownRule } from './rule-set.ts'
import { hopsOf, type Taint } from './taint.ts'

export interface Stopped {
  ruleId: string
  taint: Taint
  /** The sink. */
  file: SourceText
  at: number
  why: 'harmless' | 'unsure' | 'far' | 'trusted'
}

/** Of one file; a file may be made of nothing else. */
export const stoppedMax = 200

/** What keeps a way from being a finding, in the order in which it is asked for. */
export function whyStopped(
  rule: KnownRule,
  taint: Taint,
  is: { unsure: boolean; far: boolean },
): Stopped['why'] {
  if ((taint.cleaned & rule.bit) !== 0n) return 'harmless'
  if (is.unsure) return 'unsure'
  return is.far ? 'far' : 'trusted'
}

/** In sentences without a full stop, those that touch a line, counted from 1. */
export function tellStopped(
  stopped: readonly Stopped[],
  { source, line }: { source: SourceText; line: number },
): string[] {
  const told = stopped.flatMap(({ ruleId, taint, file, at, why }) => {
    const hops = hopsOf(taint)
    const places = [...hops.map((hop) => ({ file: hop.file, at: hop.at })), { file, at }]
    const touches = places.some((one) => {
      return one.file === source && source.positionAt(one.at).line === line
    })
    if (!touches) return []
    const way = hops.map((hop) => `${hop.label} (${placeOf(hop)})`)
    const all = [...way, `the sink (${placeOf({ file, at })})`]
    return `${ruleId}: ${all.join(' -> ')}: ${says[why]}`
  })
  return [...new Set(told)]
}

const says: Readonly<Record<Stopped['why'], string>> = {
  harmless: 'made harmless on its way',
  unsure: 'too much of the way is only supposed',
  far: 'it leads through too many files',
  trusted: 'this rule does not mind what comes from there',
}

function placeOf({ file, at }: { file: SourceText; at: number }): string {
  return `${file.path}:${file.positionAt(at).line}`
}
