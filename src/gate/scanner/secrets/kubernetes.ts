// Reads the values of Kubernetes Secrets out of YAML manifests, by indentation: a manifest with
// templates in it, as Helm charts have, is no YAML that a parser would take.

export interface ManifestEntry {
  name: string
  /** The value without quotes is `text.slice(start, end)`. */
  start: number
  end: number
  /** What the cluster makes of it: `data` is base64. */
  decoded: string
}

export interface Manifest {
  entries: ManifestEntry[]
  /** Where the mapping ends: what stands before belongs to this Secret. */
  end: number
}

/**
 * `at` is the offset of `kind: Secret`; null where that is but the beginning of another kind.
 * Values over several lines are left to other rules.
 */
export function readSecretManifest(text: string, at: number): Manifest | null {
  if (!/^kind: Secret[ \t]*(?:\r?\n|$)/.test(text.slice(at, at + 40))) return null
  const own = lineAt(text, at)
  const depth = at - own.start
  if (own.indent !== depth) return null
  const lines = [...linesBefore(text, own, depth).reverse(), own, ...linesAfter(text, own, depth)]
  const entries = lines.flatMap(({ text: line, indent }, index) => {
    const field = indent === depth ? /^(data|stringData):\s*$/.exec(line.slice(depth))?.[1] : null
    return field ? readFields(fieldsAfter(lines, index, depth), field === 'data') : []
  })
  return { entries, end: lines.at(-1)?.end ?? at }
}

interface Line {
  start: number
  end: number
  text: string
  /** Columns before the first key; `- ` belongs to them. Blanks and comments have none. */
  indent: number | null
}

/** A manifest is not larger than this on either side; etcd takes no Secret over 1 MiB. */
const sideCharsMax = 65_536

function lineAt(text: string, at: number): Line {
  // A negative position would be taken for 0, and so the first line feed for one before it.
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
  const feed = text.indexOf('\n', at)
  const end = feed === -1 ? text.length : feed
  const line = end - start > sideCharsMax ? '' : text.slice(start, end)
  const indent = /^\s*[^\s#]/.test(line) ? (/^[ -]*/.exec(line)?.[0].length ?? 0) : null
  return { start, end, text: line, indent: line.startsWith('---') ? -1 : indent }
}

/** Lines of the same mapping, the nearest first. A list's dash opens the mapping. */
function linesBefore(text: string, own: Line, depth: number): Line[] {
  const lines: Line[] = []
  let line = own
  while (line.start > 0 && own.start - line.start < sideCharsMax && !opens(line, depth)) {
    line = lineAt(text, line.start - 1)
    if (line.indent !== null && line.indent < depth) break
    lines.push(line)
  }
  return lines
}

function linesAfter(text: string, own: Line, depth: number): Line[] {
  const lines: Line[] = []
  let line = own
  while (line.end < text.length && line.end - own.end < sideCharsMax) {
    line = lineAt(text, line.end + 1)
    if ((line.indent !== null && line.indent < depth) || opens(line, depth)) break
    lines.push(line)
  }
  return lines
}

function opens({ text }: Line, depth: number): boolean {
  return text.slice(0, depth).includes('-')
}

/** The lines one level below line `head`, which holds a key at `depth`. */
function* fieldsAfter(lines: readonly Line[], head: number, depth: number): Generator<Line> {
  let fieldDepth: number | null = null
  for (let index = head + 1; index < lines.length; index++) {
    const line = lines[index] as Line
    if (line.indent === null) continue
    if (line.indent <= depth) return
    fieldDepth ??= line.indent
    if (line.indent === fieldDepth) yield line
  }
}

function readFields(lines: Iterable<Line>, encoded: boolean): ManifestEntry[] {
  const entries: ManifestEntry[] = []
  for (const { text, start } of lines) {
    const [, before = '', name = '', value = ''] = field.exec(text) ?? []
    if (value === '' || value.startsWith('|') || value.startsWith('>')) continue
    const from = start + before.length
    const decoded = encoded ? Buffer.from(value, 'base64').toString('latin1').trim() : value
    entries.push({ name, start: from, end: from + value.length, decoded })
  }
  return entries
}

const field = /^(\s*["']?([\w.-]{1,253})["']?:[ \t]+["']?)([^\s"'#][^\r\n"']{0,32000}?)["']?\s*$/
