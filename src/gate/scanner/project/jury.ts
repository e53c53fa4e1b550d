// Asks the entries of a project that may be about a finding, and remembers which were. Entries are
// looked up by what they name, because there may be many, and a project chooses how many.
import type { Finding, RuleSummary } from '../finding.ts'
import { type Accepted, accepts } from '../inherited/accepted.ts'
import { goesBy, idKey, idKeysOf } from '../inherited/alias.ts'
import type { Suppressed } from '../suppressed.ts'
import { type PathMatcher, pathMatcher } from './path-pattern.ts'
import type { Ignore } from './settings.ts'
import { isOver, type ProjectWord } from './word.ts'

export type By = Omit<Suppressed, 'finding'>

export class Jury {
  readonly #word: ProjectWord
  readonly #today: string
  readonly #ignores = new Index<{ ignore: Ignore; paths: PathMatcher | null }>()
  readonly #inherited: readonly { prefix: string; entries: Index<Accepted> }[]
  readonly #used = new Set<Ignore>()

  constructor(word: ProjectWord, today: string) {
    this.#word = word
    this.#today = today
    for (const ignore of word.settings.ignores) {
      if (isOver(ignore.expires, today)) continue
      const paths = ignore.path === null ? null : pathMatcher([ignore.path])
      for (const key of keysOfIgnore(ignore)) this.#ignores.add(key, { ignore, paths })
    }
    this.#inherited = word.inherited.map(({ prefix, entries }) => {
      const index = new Index<Accepted>()
      for (const entry of entries) {
        if (!isOver(entry.expires, today)) index.add(keyOfEntry(entry), entry)
      }
      return { prefix, entries: index }
    })
  }

  /** Who accepts the finding; null where nobody does. */
  accepts(finding: Finding, rule: RuleSummary | null): By | null {
    const names = namesOf(finding, rule)
    return this.#bySettings(finding, rule, names) ?? this.#byOthers(finding, rule, names)
  }

  /**
   * What expired, and with `unused` what accepted nothing of all that was asked about, but for the
   * lines of which something is `told` already. Unless packages were `compared` with all that is
   * known, nothing is said of an entry that may be about one: a full database may find it.
   */
  notes({ unused, compared, told }: Asked): string[] {
    const { settings, settingsPath, inherited } = this.#word
    const ignores = settings.ignores.flatMap((ignore) => {
      const place = `${settingsPath}:${ignore.line}`
      if (isOver(ignore.expires, this.#today)) return `${place}: it expired on ${ignore.expires}`
      const sought = unused && (compared || !mayBeOfPackage(ignore))
      const useless = sought && !this.#used.has(ignore) && !told.has(ignore.line)
      return useless ? `${place}: it accepts nothing that was found` : []
    })
    const expired = inherited.flatMap(({ entries }) =>
      entries
        .filter(({ expires }) => isOver(expires, this.#today))
        .map(({ source, line, expires }) => `${source}:${line}: it expired on ${expires}`),
    )
    return [...ignores, ...expired]
  }

  #bySettings(finding: Finding, rule: RuleSummary | null, names: readonly string[]): By | null {
    const { prefix, settingsPath } = this.#word
    const path = pathOf(finding, prefix)
    const found = this.#ignores.find(names, ({ ignore, paths }) => {
      if (paths !== null && (path === null || !paths.matches(path))) return false
      return fits(ignore, finding, rule)
    })
    if (found === undefined) return null
    const { reason, expires, line } = found.ignore
    this.#used.add(found.ignore)
    return { by: 'config', source: settingsPath, reason, line, ...until(expires) }
  }

  #byOthers(finding: Finding, rule: RuleSummary | null, names: readonly string[]): By | null {
    for (const { entries, prefix } of this.#inherited) {
      const path = pathOf(finding, prefix)
      const at = path === null ? [] : [`place ${path}:${finding.location?.line}`]
      const found = entries.find([...at, ...names], (entry) =>
        accepts(entry, finding, { path, rule }),
      )
      if (found === undefined) continue
      const { source, reason, line, expires } = found
      return { by: 'inherited', source, reason, line, ...until(expires) }
    }
    return null
  }
}

interface Asked {
  unused: boolean
  compared: boolean
  told: ReadonlySet<number | null>
}

/** A fingerprint does not tell what it is of. */
function mayBeOfPackage({ fingerprint, rule, package: name }: Ignore): boolean {
  return fingerprint !== null || name !== null || vulnerabilityId.test(rule ?? '')
}

/** Databases begin their ids in capitals, and no rule of ours does. */
const vulnerabilityId = /^[A-Z][A-Z0-9]*-\w/

const until = (expires: string | null) => (expires === null ? {} : { expires })

function pathOf({ location }: Finding, prefix: string): string | null {
  return location === null ? null : prefix + location.path
}

/** Entries by what they name. */
class Index<Entry> {
  readonly #byName = new Map<string, Entry[]>()

  add(name: string, entry: Entry): void {
    const list = this.#byName.get(name)
    if (list === undefined) this.#byName.set(name, [entry])
    else if (list.length < sameNameMax) list.push(entry)
  }

  find(names: readonly string[], fits: (entry: Entry) => boolean): Entry | undefined {
    if (this.#byName.size === 0) return undefined
    for (const name of names) {
      const found = this.#byName.get(name)?.find(fits)
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** Of entries that name the same; of more, the first count. */
const sameNameMax = 1_000

function keysOfIgnore({ fingerprint, rule, package: name }: Ignore): string[] {
  if (fingerprint !== null) return [`fingerprint ${fingerprint}`]
  if (rule === null) return [`package ${name?.replace(/(?!^)@.*$/, '')}`]
  const colon = rule.indexOf(':')
  const foreign = colon > 0 ? [idKey(rule.slice(0, colon), rule.slice(colon + 1))] : []
  return [idKey('', rule), ...foreign].map((key) => `id ${key}`)
}

function keyOfEntry({ place, id, tool }: Accepted): string {
  if (place !== null) return `place ${place.path}:${place.line}`
  return `id ${idKey(tool, id ?? '')}`
}

function namesOf(finding: Finding, rule: RuleSummary | null): string[] {
  const { ruleId, subject, fingerprints } = finding
  const ids = subject?.kind === 'package' ? [ruleId, ...subject.aliases] : [ruleId]
  return [
    ...fingerprints.map(({ value }) => `fingerprint ${value}`),
    ...[...ids.map((id) => idKey('', id)), ...idKeysOf(rule ?? {})].map((key) => `id ${key}`),
    ...(subject?.kind === 'package' ? [`package ${subject.name}`] : []),
  ]
}

function fits(ignore: Ignore, finding: Finding, rule: RuleSummary | null): boolean {
  const { fingerprint } = ignore
  if (fingerprint !== null && !finding.fingerprints.some(({ value }) => value === fingerprint)) {
    return false
  }
  if (ignore.package !== null && !isPackage(finding, ignore.package)) return false
  return ignore.rule === null || isNamed(finding, rule, ignore.rule)
}

export function isPackage({ subject }: Finding, wanted: string): boolean {
  if (subject?.kind !== 'package') return false
  return wanted === subject.name || wanted === `${subject.name}@${subject.version}`
}

export function isNamed(
  { ruleId, subject }: Finding,
  rule: RuleSummary | null,
  name: string,
): boolean {
  if (ruleId === name) return true
  if (subject?.kind === 'package' && subject.aliases.includes(name)) return true
  const colon = name.indexOf(':')
  return colon > 0 && goesBy(rule ?? {}, name.slice(0, colon), name.slice(colon + 1))
}
