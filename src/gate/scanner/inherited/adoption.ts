// Plans how what was set aside for other tools becomes ours: comments where there are comments,
// entries of `panthera.yaml` for the rest.
import type { NewIgnore } from '../project/add-ignores.ts'
import { literalPattern } from '../project/path-pattern.ts'
import { isInSource, type Suppressed } from '../suppressed.ts'
import { adoptComment, ownComment } from './adopt.ts'
import { readForeign } from './comments.ts'

export interface Adoption {
  edits: LineEdit[]
  ignores: NewIgnore[]
}

export interface LineEdit {
  path: string
  /** From 1, before any edit. */
  line: number
  before: string
  after: string
  /** A line of its own before it; null for none. */
  above: string | null
}

/**
 * `linesOf` gives a file's lines without their ends; null where it must not be edited. `prefix`
 * leads from the settings' folder to the scanned one, of which alone entries speak.
 */
export function planAdoption(
  suppressed: readonly Suppressed[],
  linesOf: (path: string) => readonly string[] | null,
  prefix = '',
): Adoption {
  const byMark = new Map<string, Suppressed[]>()
  const ignores = new Map<string, NewIgnore>()
  const keep = (one: Suppressed) => {
    const ignore = ignoreFor(one, prefix)
    ignores.set(JSON.stringify({ ...ignore, reason: '' }), ignore)
  }
  for (const one of suppressed) {
    if (one.by !== 'inherited') continue
    const { location } = one.finding
    if (!isInSource(one) || location === null || one.line === undefined) {
      keep(one)
      continue
    }
    const mark = `${location.path}\0${one.line}`
    byMark.set(mark, [...(byMark.get(mark) ?? []), one])
  }
  const edits = [...byMark.values()].flatMap((atMark) => {
    const edit = editFor(atMark, linesOf)
    if (edit === null) for (const one of atMark) keep(one)
    return edit ?? []
  })
  edits.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1))
  return { edits, ignores: [...ignores.values()] }
}

function editFor(
  atMark: readonly Suppressed[],
  linesOf: (path: string) => readonly string[] | null,
): LineEdit | null {
  const [first] = atMark
  const path = first?.finding.location?.path
  const line = first?.line
  if (first === undefined || path === undefined || line === undefined) return null
  const before = linesOf(path)?.[line - 1]
  if (before === undefined) return null
  const mark = readForeign(before, line).find(({ marker }) => marker.name === first.source)
  if (mark === undefined) return null
  const ruleIds = [...new Set(atMark.map(({ finding }) => finding.ruleId))].sort()
  const text = ownComment(ruleIds, reasonOf(first))
  const adopted = adoptComment(before, { at: mark.at, source: first.source, text })
  return adopted && { path, line, before, after: adopted.line, above: adopted.above }
}

/** As wide as theirs was: a rule everywhere, a vulnerability of a package, or the very secret. */
function ignoreFor(one: Suppressed, prefix: string): NewIgnore {
  const { finding, source, expires } = one
  const { ruleId, location, subject, fingerprints } = finding
  const said = { reason: reasonOf(one), ...(expires !== undefined && { expires }) }
  const all = prefix === '' ? {} : { path: literalPattern(prefix) }
  if (subject?.kind === 'package') {
    return { rule: subject.aliases[0] ?? ruleId, package: subject.name, ...all, ...said }
  }
  const path = location === null ? undefined : literalPattern(prefix + location.path)
  if (source === '.gitleaksignore') {
    return { rule: ruleId, path, fingerprint: fingerprints[0]?.value, ...said }
  }
  const everywhere = source === '.trivyignore' || source.startsWith('.checkov')
  return { rule: ruleId, ...(everywhere ? all : { path }), ...said }
}

function reasonOf({ reason, source }: Pick<Suppressed, 'reason' | 'source'>): string {
  const said = (reason ?? '').replace(/\s+/g, ' ').replace(/\s(?:#|\/\/)\s/g, ' ')
  return said.trim() || `accepted before with ${source}`
}
