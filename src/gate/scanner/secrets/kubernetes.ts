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

/** `at` is the offset of `kind: Secret`. Values over several lines are left to other rules. */
export function readSecretManifest(text: string, at: number): ManifestEntry[] {
  if (!/^kind: Secret[ \t]*(?:\r?\n|$)/.test(text.slice(at, at + 40))) return []
  const lines = linesAround(text, at)
  const own = lines.findIndex(({ start, end }) => start <= at && at <= end)
  const depth = at - (lines[own]?.start ?? 0)
  const entries: ManifestEntry[] = []
  for (const index of siblings(lines, own, depth)) {
    const field = /^(data|stringData):\s*$/.exec(lines[index]?.text.slice(depth) ?? '')?.[1]
    if (field !== undefined) entries.push(...readFields(lines, index, depth, field === 'data'))
  }
  return entries
}

interface Line {
  start: number
  end: number
  text: string
  /** Columns before the first key; `- ` belongs to them. Blank lines have none. */
  indent: number | null
}

/** A manifest is not larger than this on either side; etcd takes no Secret over 1 MiB. */
const sideCharsMax = 65_536

function linesAround(text: string, at: number): Line[] {
  const from = text.lastIndexOf('\n', Math.max(0, at - sideCharsMax)) + 1
  const lines: Line[] = []
  for (let start = from; start < Math.min(text.length, at + sideCharsMax); ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    if (end - start > sideCharsMax) break
    const line = text.slice(start, end)
    const indent = /\S/.test(line) ? (/^[ -]*/.exec(line)?.[0].length ?? 0) : null
    lines.push({ start, end, text: line, indent: line.startsWith('---') ? -1 : indent })
    start = end + 1
  }
  return lines
}

/** The lines of the mapping that line `own` belongs to, at its own depth. */
function* siblings(lines: readonly Line[], own: number, depth: number): Generator<number> {
  for (let index = own; index >= 0; index--) {
    const { indent = null, text = '' } = lines[index] ?? {}
    if (indent !== null && indent < depth) break
    if (indent === depth) yield index
    if (indent === depth && text.slice(0, depth).includes('-')) break
  }
  for (let index = own + 1; index < lines.length; index++) {
    const { indent = null, text = '' } = lines[index] ?? {}
    if (indent !== null && (indent < depth || text.slice(0, depth).includes('-'))) break
    if (indent === depth) yield index
  }
}

function readFields(
  lines: readonly Line[],
  head: number,
  depth: number,
  encoded: boolean,
): ManifestEntry[] {
  const entries: ManifestEntry[] = []
  for (const { text, start, indent } of lines.slice(head + 1)) {
    if (indent !== null && indent <= depth) break
    const [, before = '', name = '', value = ''] = field.exec(text) ?? []
    if (value === '' || value.startsWith('|') || value.startsWith('>')) continue
    const from = start + before.length
    const decoded = encoded ? Buffer.from(value, 'base64').toString('latin1').trim() : value
    entries.push({ name, start: from, end: from + value.length, decoded })
  }
  return entries
}

const field = /^(\s*["']?([\w.-]{1,253})["']?:[ \t]+["']?)([^\s"'#][^\r\n"']{0,32000}?)["']?\s*$/
