// Why comments that stand near a finding do not accept it: for whoever wrote one and wonders.
import { blockAround, type LineReader } from './inherited/block.ts'
import {
  acceptedBy,
  type ForeignComment,
  isAbout,
  readForeign,
  standsAbove,
} from './inherited/comments.ts'
import { didYouMean } from './project/did-you-mean.ts'
import { isOver } from './project/word.ts'
import { engineNames } from './report/engine-name.ts'
import type { Judged } from './suppress.ts'
import { type Directive, ownMarker, readDirective } from './suppress-comment.ts'

interface File {
  path: string
  lines: LineReader
  /** `2026-01-31` */
  today: string
}

/** Sentences without a full stop, by line; the finding is one that is reported. */
export function whyNotAccepted(judged: Judged, file: File): string[] {
  const { first, last } = judged
  const told: string[] = []
  const from = Math.max(1, first - linesAbove)
  const to = Math.min(file.lines.count, last + linesBelow, first + linesMax)
  for (let line = from; line <= to; line++) {
    const text = file.lines.text(line)
    const own = readDirective(text)
    const why = own === null ? null : whyNotOwn({ ...own, line }, judged, file)
    if (why !== null) told.push(`the ${ownMarker} comment on line ${line} ${why}`)
    for (const foreign of readForeign(text, line)) {
      const reason = whyNotForeign(foreign, judged, file)
      if (reason !== null) told.push(`${foreign.marker.name} on line ${line} ${reason}`)
    }
  }
  return told
}

const linesAbove = 5
const linesBelow = 2
const linesMax = 100

function whyNotOwn(
  { ruleIds, reason, line, alone }: Directive & { line: number },
  { rule, names = [], first }: Judged,
  { path, lines }: File,
): string | null {
  const block = rule.scanType === 'iac' ? blockAround(path, first, lines) : null
  const inBlock = block !== null && alone && line >= block.first && line <= block.last
  const reaches = line === first || standsAbove({ line, alone }, first, lines) || inBlock
  const isNamed = ruleIds.has(rule.id) || names.some((name) => ruleIds.has(name))
  if (ruleIds.size === 0) return 'names no rule'
  if (!reaches) {
    const about = alone ? 'the next line of code' : 'its own line'
    return isNamed ? `speaks for ${about}, and this is on line ${first}` : null
  }
  if (!isNamed) {
    const [typed = ''] = ruleIds
    return `names ${[...ruleIds].join(', ')} and not ${rule.id}${didYouMean(typed, [rule.id])}`
  }
  return reason === null ? 'gives no reason: add one after "--"' : null
}

function whyNotForeign(
  comment: ForeignComment,
  { rule, first, last }: Judged,
  file: File,
): string | null {
  const { marker, ids, expires } = comment
  const accepts = acceptedBy({ rule, first, last }, [comment], file) !== null
  if (accepts) return isOver(expires, file.today) ? `expired on ${expires}` : null
  if (!marker.speaksFor.includes(rule.scanType)) {
    return `speaks for ${marker.speaksFor.map((type) => engineNames[type]).join(' and ')} alone`
  }
  if (!isAbout(comment, rule)) {
    return `names ${ids.join(', ')}, and ${rule.id} does not go by that`
  }
  return `does not reach line ${first}`
}
