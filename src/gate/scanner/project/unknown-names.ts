// Names in the project's settings that no rule goes by: what is misspelt there would do nothing,
// and nobody would hear of it.
import type { RuleSummary } from '../finding.ts'
import { goesBy } from '../inherited/alias.ts'
import { didYouMean } from './did-you-mean.ts'
import type { ProjectWord } from './word.ts'

export interface UnknownName {
  /** Of the entry; null where the settings keep none. */
  line: number | null
  note: string
}

/** `rules` must be all that there are, whichever found something. */
export function unknownNames(
  { settings, settingsPath }: ProjectWord,
  rules: readonly RuleSummary[],
): UnknownName[] {
  const ids = rules.map(({ id }) => id)
  const known = new Set(ids)
  const about = (name: string, line: number | null, where: string): UnknownName[] => {
    if (known.has(name) || isKnownElsewhere(name, rules)) return []
    const place = line === null ? settingsPath : `${settingsPath}:${line}`
    return [{ line, note: `${place}: ${where}no rule is called ${name}${didYouMean(name, ids)}` }]
  }
  return [
    ...settings.rules.disable.flatMap((name) => about(name, null, 'rules.disable: ')),
    ...[...settings.rules.severity.keys()].flatMap((name) => {
      return about(name, null, 'rules.severity: ')
    }),
    ...settings.ignores.flatMap(({ rule, line }) => (rule === null ? [] : about(rule, line, ''))),
  ]
}

/** A vulnerability, of which there are too many to know all; or another tool's name of a rule. */
function isKnownElsewhere(name: string, rules: readonly RuleSummary[]): boolean {
  const colon = name.indexOf(':')
  if (colon > 0)
    return rules.some((one) => goesBy(one, name.slice(0, colon), name.slice(colon + 1)))
  return vulnerability.test(name)
}

/** `CVE-2021-23337`, `GHSA-35jh-r3h4-6jhm`: databases begin their ids in capitals. */
const vulnerability = /^[A-Z][A-Z0-9]*-\w/
