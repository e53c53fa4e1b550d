// Where the credentials stand that weaknesses are about. The secrets engine may take such a value
// for a plain word, yet a report that says "this is a password" must not print it.

import type { SourceText } from './source-text.ts'
import type { Span } from './span.ts'
import type { Weakness } from './weakness.ts'

/** What is to be hidden of one source. */
export interface Credentials {
  /** Bytes of the source, in any order. */
  hidden: Span[]
  /** Texts that are hidden wherever else in the source they stand. */
  values: Set<string>
}

/** Weakness classes of credentials that stand in a text. */
export const credentialClasses: ReadonlySet<string | null> = new Set(
  [256, 259, 312, 321, 522, 547, 798].map((id) => `CWE-${id}`),
)

/** Whether a rule is about a credential that stands in the source. */
export const isAboutCredential = ({ rule }: Weakness) => credentialClasses.has(rule.cweId)

/**
 * Every literal on the lines of such weaknesses, on those of the way to them, and, in code, on the
 * lines beside them and where a name that they use is given its value.
 */
export function credentialsIn(weaknesses: readonly Weakness[]): Map<SourceText, Credentials> {
  const found = new Map<SourceText, Credentials>()
  const names = new Map<SourceText, Set<string>>()
  const add = (place: Place, of: Reading) => {
    const known = found.get(place.source) ?? { hidden: [], values: new Set() }
    found.set(place.source, known)
    if (known.hidden.length < hiddenMax) addLiterals(known, place, of)
  }
  for (const weakness of weaknesses) {
    if (!isAboutCredential(weakness)) continue
    const { source, start, end, steps } = weakness
    const isCode = weakness.rule.scanType === 'sast'
    add(weakness, { isCode, beside: isCode })
    for (const step of steps) add({ ...step, end: step.start }, { isCode, beside: false })
    if (!isCode) continue
    const used = names.get(source) ?? new Set()
    names.set(source, used)
    const statement = source.text.slice(start, Math.min(end, start + charsMax))
    for (const [name] of statement.matchAll(/[A-Za-z_$][\w$]*/g)) used.add(name)
  }
  for (const [source, used] of names) {
    for (const { 0: whole, 1: name, index } of source.text.matchAll(assignment)) {
      const start = index + whole.length - 1
      if (used.has(name ?? '')) add({ source, start, end: start }, { isCode: true, beside: false })
    }
  }
  return found
}

interface Reading {
  isCode: boolean
  /** The lines before and after too, since an excerpt shows them. */
  beside: boolean
}

/** A statement without what its literals say. */
export const withoutLiterals = (text: string): string => text.replace(literal, '"…"')

type Place = Span & { source: SourceText }

function addLiterals(
  { hidden, values }: Credentials,
  place: Place,
  { isCode, beside }: Reading,
): void {
  const { source } = place
  const { text, from } = linesOf(place, beside)
  const add = ({ start, end }: Span) => {
    if (end - start < valueCharsMin) return
    hidden.push({ start: source.byteAt(from + start), end: source.byteAt(from + end) })
  }
  // The labels of a block name a resource, which the report names too.
  const labels = blockLabels.exec(text)?.[0].length ?? 0
  const literals = [...text.matchAll(literal)].filter(({ index }) => index >= labels)
  for (const { 0: whole, index } of literals) {
    const quote = /^(?:"""|''')/.test(whole) ? 3 : 1
    const content = { start: index + quote, end: index + whole.length - quote }
    const value = text.slice(content.start, content.end)
    if (reference.test(value) || isImport.test(text.slice(0, index))) continue
    add(content)
    const ahead = index - (place.start - from)
    const meant = ahead <= prefixMax && ahead > -whole.length
    const alone = !isCode && literals.length === 1
    if ((meant || alone) && value.length >= lonelyCharsMin && !plainWord.test(value)) {
      values.add(value)
    }
  }
  if (isCode) return
  for (const pattern of bareValues) {
    for (const { indices } of text.matchAll(pattern)) {
      const [start, end] = indices?.[1] ?? [0, 0]
      if (!reference.test(text.slice(start, end))) add({ start, end })
    }
  }
}

function linesOf({ source, start, end }: Place, beside: boolean): { text: string; from: number } {
  const { text } = source
  const lineFrom = (at: number) => (at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1)
  const lineTo = (at: number) => {
    const newline = text.indexOf('\n', at)
    return newline === -1 ? text.length : newline
  }
  const [first, last] = [lineFrom(start), lineTo(Math.max(start, end - 1))]
  const from = Math.max(beside ? lineFrom(first - 1) : first, start - charsMax)
  const to = Math.min(beside ? lineTo(last + 1) : last, start + charsMax)
  // A literal of several lines may begin on the last of them.
  const opened = longQuotes.find((quote) => text.slice(from, to).split(quote).length % 2 === 0)
  const close = opened === undefined ? -1 : text.indexOf(opened, to)
  const whole = close === -1 || close > start + charsMax ? to : close + (opened?.length ?? 0)
  return { text: text.slice(from, whole), from }
}

const longQuotes = ['"""', "'''", '`']
const literal = new RegExp(
  [
    String.raw`"""[\s\S]*?"""`,
    String.raw`'''[\s\S]*?'''`,
    '`(?:\\\\[\\s\\S]|[^`\\\\])*`',
    String.raw`"(?:\\.|[^"\\\n])*"`,
    String.raw`'(?:\\.|[^'\\\n])*'`,
  ].join('|'),
  'g',
)
const blockLabels =
  /^\s*(?:resource|data|variable|module|provider|output)\s+"[^"\n]*"(?:\s+"[^"\n]*")?\s*\{/
/** A name that is given a text: `key = "…"`, `key: 'a'`, `const key: string = "…"`. */
const assignment = new RegExp(
  [
    String.raw`(?<![\w$])([A-Za-z_$][\w$]{0,80})["']?\s{0,4}`,
    '(?::\\s{0,4}[\\w.<>[\\]]{1,40}\\s{0,4})?[:=]\\s{0,4}[a-z]{0,2}["\'`]',
  ].join(''),
  'g',
)
/** Says where a value is kept, and not what it is. */
const reference = /^(?:\$\{[^}]*\}|(?:var|local|data|module|each)\.[\w.-]+|null|true|false)$/
const isImport = /\b(?:require ?\(|import|from) ?$/
const plainWord = /^(?:pass(?:word|wd|phrase)|secret|token)$/i

/** Without quotes, as YAML, scripts and Dockerfiles write them. */
const bareValues = [
  new RegExp(
    [
      '(?:pass(?:word|wd|phrase)?|secret|token|pwd|key|credentials?)',
      '\\w{0,40}\\s{0,4}[:=]\\s{0,4}([^\\s"\'`,;(){}<>]+)',
    ].join(''),
    'dgi',
  ),
  /\b(?:echo|printf)\s{1,4}(?:-\w{1,4}\s{1,4})?["']?[\w.-]{1,32}:([^\s"'|]+)/dg,
  /\b(?:echo|printf)\s{1,4}(?:-\w{1,4}\s{1,4})?(?![\w.-]{1,32}:)([^\s"'|]+)\s{0,4}\|/dg,
  /\s(?:-p|--password)[= ]\s{0,4}([^\s"']+)/dg,
]

const hiddenMax = 5_000
/** Of a line or a statement, before and after its place. */
const charsMax = 10_000
const valueCharsMin = 4
/** Shorter ones are parts of too many other words. */
const lonelyCharsMin = 6
/** `b"…"`, `rb"…"`. */
const prefixMax = 3
