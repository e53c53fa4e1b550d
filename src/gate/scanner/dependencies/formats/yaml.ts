// The YAML that package managers write. A small reader for what they use of it is tried first: it
// is many times as fast as a parser of all of YAML.
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'
import { parsePlainYaml } from './plain-yaml.ts'
import { Unreadable } from './unreadable.ts'
import { Unfit } from './yaml-scalar.ts'
import { type YamlEntry, type YamlValue, yamlDepthMax } from './yaml-value.ts'

/** All documents of the text. */
export function parseYaml(text: string): YamlValue[] {
  try {
    return parsePlainYaml(text)
  } catch (error) {
    if (error instanceof Unfit) return parseAnyYaml(text)
    throw error
  }
}

/** Hostile texts keep the general parser busy for seconds beyond this. */
const anyYamlCharsMax = 1 << 16

function parseAnyYaml(text: string): YamlValue[] {
  if (text.length > anyYamlCharsMax) throw new Unreadable('too long for YAML of this form')
  let documents: ReturnType<typeof parseAllDocuments>
  try {
    documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false })
  } catch {
    throw new Unreadable('not valid YAML')
  }
  if (!Array.isArray(documents)) return []
  return documents.map((document) => {
    if (document.errors.length > 0) throw new Unreadable('not valid YAML')
    return toValue(document.contents, 0)
  })
}

/** Aliases are left empty: lock files have none, and expanding them can fill any memory. */
function toValue(node: unknown, depth: number): YamlValue {
  if (depth > yamlDepthMax || isAlias(node)) return ''
  if (isScalar(node)) return node.value === null ? '' : String(node.source ?? node.value)
  if (isSeq(node)) return node.items.map((item) => toValue(item, depth + 1))
  if (!isMap(node)) return ''
  const map = new Map<string, YamlEntry>()
  for (const { key, value } of node.items) {
    if (!isScalar(key)) continue
    const [start = 0, end = start] = key.range ?? []
    const quoted = key.type === 'QUOTE_DOUBLE' || key.type === 'QUOTE_SINGLE' ? 1 : 0
    map.set(String(key.source ?? key.value), {
      start: start + quoted,
      end: end - quoted,
      value: toValue(value, depth + 1),
    })
  }
  return map
}
