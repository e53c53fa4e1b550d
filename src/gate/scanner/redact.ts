// Replaces secrets by masks. Everything of a file that a report shows goes through here.
import type { Span } from './span.ts'

/**
 * The first four characters of a value, or fewer where four would tell much of it, and an
 * ellipsis: neither the rest nor its length can be seen. An armoured key keeps its header line.
 */
export function mask(value: string): string {
  const armour = /^-----BEGIN [A-Z0-9 ]{1,60}-----/.exec(value)?.[0]
  if (armour !== undefined) return armour + ellipsis
  const shown = Math.min(shownCharsMax, Math.floor(value.length / 4))
  return (/^[\x20-\x7e]*/.exec(value.slice(0, shown))?.[0] ?? '') + ellipsis
}

export interface Redacted {
  text: string
  /** Where the span that was asked for stands in `text`, or null when it is not in it. */
  mark: Span | null
}

export class Redactor {
  private readonly bytes: Uint8Array
  private readonly hidden: readonly Span[]
  private readonly values: readonly string[]
  /** False where secrets may be left that nothing found: no text of the file is to be shown. */
  readonly complete: boolean

  /** `hidden` ascends and does not overlap; `values` are hidden wherever else they stand. */
  constructor(
    bytes: Uint8Array,
    hidden: readonly Span[],
    values: Iterable<string>,
    complete = true,
  ) {
    this.bytes = bytes
    this.complete = complete
    this.hidden = hidden
    this.values = [...new Set(values)].filter((value) => value.length >= valueCharsMin)
  }

  /**
   * The text of `bytes[from, to)`, in which each hidden span became what `cover` makes of it (its
   * mask unless given). Of a span that began before `from` only the ellipsis is left.
   */
  text({ start, end }: Span, marked: Span | null, cover = mask): Redacted {
    let text = ''
    let mark: Span | null = null
    let at = start
    for (let index = this.firstEndingAfter(start); index < this.hidden.length; index++) {
      const span = this.hidden[index] as Span
      if (span.start >= end) break
      if (span.start > at) text += this.shown(at, span.start)
      const begun = span.start >= start
      const from = text.length
      text += begun ? cover(latin1(this.bytes, span.start, span.end)) : ellipsis
      if (marked !== null && span.start <= marked.start && marked.start < span.end) {
        mark = { start: from, end: text.length }
      }
      at = Math.min(span.end, end)
    }
    return { text: text + this.shown(at, end), mark }
  }

  /** Hides more; `hidden` in any order. */
  extended(hidden: readonly Span[], values: Iterable<string>): Redactor {
    const all = unionOf([...this.hidden, ...hidden].sort((a, b) => a.start - b.start))
    return new Redactor(this.bytes, all, [...this.values, ...values], this.complete)
  }

  /** A text that was made of the file's, such as a name, without the values that are known. */
  masked(text: string): string {
    let masked = text
    for (const value of this.values) {
      if (masked.includes(value)) masked = masked.replaceAll(value, () => mask(value))
    }
    masked = masked.replaceAll(assigned, (_all, name: string, quote: string, value: string) => {
      return `${name}${quote}${mask(value)}${quote}`
    })
    if (!mayHoldCredential.test(masked)) return masked
    return inCommands.reduce((text, pattern) => {
      return text.replaceAll(pattern, (_all, before: string, value: string) => {
        return before + (isMasked.test(value) ? value : mask(value))
      })
    }, masked)
  }

  private firstEndingAfter(offset: number): number {
    let low = 0
    let high = this.hidden.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.hidden[middle] as Span).end <= offset) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Text between secrets, in which the same values may stand once more. */
  private shown(from: number, to: number): string {
    let start = from
    while (start < to && ((this.bytes[start] as number) & 0xc0) === 0x80) start++
    return this.masked(utf8.decode(this.bytes.subarray(start, to)))
  }
}

/**
 * A quoted value under a telling name, whether or not it was judged to be a secret: a report shows
 * lines beside a finding, and being wrong there costs nothing.
 */
const assigned = new RegExp(
  [
    `((?:pass(?:word|wd|phrase)?|secret|token|api_?key)["']?`,
    String.raw`\s{0,8}(?:[:=]|=>|===?)\s{0,8})(["'])([^"'\r\n]{4,200})\2`,
  ].join(''),
  'gi',
)

const telling = '(?:pass(?:word|wd|phrase)|secret|token|api[_-]?key)'

/** What comes before a credential in a command, up to it or to the quote that opens it. */
const commandNames = [
  // `--token=…`, `--password …`, `"--password", "…"`
  `(?:--(?:[\\w-]{0,30}-)?${telling}|\\b(?:requirepass|masterauth))(?:["'],)?[= ]{1,3}`,
  // `redis-cli -a …`, `sshpass -p …`
  '\\b(?:redis-cli\\b[^\\n]{0,200}? -a|sshpass\\b[^\\n]{0,80}? -p)[= ]{0,3}',
]

/**
 * What its place tells to be a credential: what stands before it, and the value. Every repetition
 * is bounded, so that no line makes them slow.
 */
const inCommands: readonly RegExp[] = [
  // `https://user:password@host`
  /(:\/\/[^\s/:@"'`]{0,100}:)([^\s/@"'`${}<>]{3,200})(?=@)/g,
  ...commandNames.flatMap((name) => [
    new RegExp(`(${name})([^\\s"'\`$<>{}-][^\\s"'\`<>]{3,200})`, 'gi'),
    new RegExp(`(${name}")([^"$<>{}\\r\\n][^"\\r\\n]{2,400})(?="|$)`, 'gi'),
    new RegExp(`(${name}')([^'$<>{}\\r\\n][^'\\r\\n]{2,400})(?='|$)`, 'gi'),
  ]),
  // `DB_PASSWORD=…`, `export TOKEN=…`
  /(\b\w{0,60}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY)=)([^\s"'`$<>{};&|(),]{4,200})/g,
  // `export secret=…`, but not `login(token=request.token, password=password)`
  new RegExp(
    [
      `(\\b\\w{0,60}${telling}=)(?!(?:none|null|true|false|undefined)\\b)`,
      `(?!\\w{0,60}${telling}\\b)(?![a-z_]{1,60}[.(\\[])`,
      '([^\\s"\'`$<>{};&|(),=~][^\\s"\'`$<>{};&|(),]{3,200})',
    ].join(''),
    'gi',
  ),
  // `ENV api_token …`, to the end of the line
  new RegExp(
    [
      `(^[ \\t]{0,20}(?:ENV|ARG)[ \\t]{1,20}\\w{0,60}${telling}\\w{0,20}[ \\t]{1,20})`,
      '([^\\s=$][^\\r\\n]{2,400})',
    ].join(''),
    'gim',
  ),
  // `curl -u user:password`, `mysql -ppassword`
  /(\s-u[ =]?[\w.@-]{1,60}:)([^\s"'`$<>{}]{3,200})/g,
  /(\b(?:mysql|mysqldump|mysqladmin|sshpass)\b[^\n]{0,200}? -p)([^\s"'`$<>{}]{4,200})/g,
]
/** By a pattern before. */
const isMasked = /^[^…]{0,4}…$/
/** Most lines hold none of it, and are looked at once. */
const mayHoldCredential = /:\/\/|--\w|=|\s-[apu]|\b(?:ENV|ARG)[ \t]|requirepass|masterauth/i

/** Of spans by their start, those that touch become one. */
export function unionOf(ascending: readonly Span[]): Span[] {
  const spans: Span[] = []
  for (const { start, end } of ascending) {
    const last = spans.at(-1)
    if (last === undefined || start > last.end) spans.push({ start, end })
    else last.end = Math.max(last.end, end)
  }
  return spans
}

export const ellipsis = '…'
const shownCharsMax = 4
const valueCharsMin = 4
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1')
}
