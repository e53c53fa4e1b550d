// Replacing parts of texts, which is also how programs make them harmless by hand.
import type { Value } from '../domain.ts'
import type { Machine } from '../machine.ts'
import type { Site } from '../site.ts'
import { cleanFor, joinTaints } from '../taint.ts'
import { only, unknown } from '../value.ts'
import { argument, fold, type Intrinsic, taintsIn, text } from './operands.ts'

/** All occurrences of a text. */
const replaceText: Intrinsic = (machine, site) => {
  const operands = [site.receiver ?? unknown, argument(site, 0), argument(site, 1)]
  const known = fold(machine, site, operands, (receiver, from, to) =>
    typeof receiver === 'string' && typeof from === 'string' && typeof to === 'string' && from
      ? receiver.replaceAll(from, () => to)
      : undefined,
  )
  return known ?? replaced(machine, site, (search) => machine.findings.bitsOf(rulesOf(search)))
}

/** All matches of a pattern; the first alone says nothing of the others. */
const replacePattern: Intrinsic = (machine, site) => {
  if (site.name === 'replaceFirst') return text(machine, site, allOf(site))
  return replaced(machine, site, (pattern) => {
    if (onlyWords.test(pattern)) return machine.findings.allRules
    const [, inside] = /^\[([^^].*)\]\+?$/.exec(pattern) ?? []
    return machine.findings.bitsOf(rulesOf(inside ?? pattern))
  })
}

/** What is left of the receiver is harmless for some rules; what is put in its place is not. */
function replaced(machine: Machine, site: Site, rulesOfSearch: (search: string) => bigint): Value {
  const search = only(argument(site, 0))
  const by = argument(site, 1)
  const bare = only(by)
  const isKnown = typeof search === 'string' && by.functions.length === 0
  const returns = typeof bare === 'string' && typeof search === 'string' && /[<>\r\n]/.test(bare)
  if (!isKnown || returns) return text(machine, site, allOf(site))
  const kept = text(machine, site, [site.receiver ?? unknown])
  const taints = cleanFor(kept.taints, rulesOfSearch(search))
  return { ...kept, taints: joinTaints(taints, taintsIn(machine, site, [by])) }
}

function allOf(site: Site): Value[] {
  return [site.receiver ?? unknown, ...site.given.map(({ value }) => value)]
}

/** Without `<` there is no element, without line ends no further header. */
function rulesOf(signs: string): string[] {
  return [
    ...(signs.includes('<') ? ['xss'] : []),
    ...(/[\r\n]|\\[rn]/.test(signs) ? ['header-injection'] : []),
  ]
}

/** `[^a-z0-9]`: what is left are letters, digits, `_` and `-`, which mean nothing to anyone. */
const onlyWords = /^\[\^-?(?:\\[wd]|[a-z]-[a-z]|[A-Z]-[A-Z]|\d-\d|\w|\\-|-(?=\]))+\]\+?$|^\\W\+?$/

export const replaceIntrinsics: Record<string, Intrinsic> = {
  'text.replace': replaceText,
  'text.replace-pattern': replacePattern,
}
