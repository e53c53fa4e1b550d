// What YAML is read into: texts with the places of keys, and no types of scalars, because `1.10`
// is a version.

/** Scalars stay texts, as they are written; nothing and null are `''`. */
export type YamlValue = string | readonly YamlValue[] | YamlMap
export type YamlMap = ReadonlyMap<string, YamlEntry>

export interface YamlEntry {
  /** The key without its quotes: UTF-16 units of the text; the end is exclusive. */
  start: number
  end: number
  value: YamlValue
}

export const yamlDepthMax = 50

/** Empty for what is no mapping. */
export const mapOf = (value: YamlValue | undefined): YamlMap =>
  value instanceof Map ? value : noEntries

const noEntries: YamlMap = new Map()

export const itemsOf = (value: YamlValue | undefined): readonly YamlValue[] =>
  Array.isArray(value) ? value : []

export const valueAt = (value: YamlValue | undefined, key: string): YamlValue | undefined =>
  mapOf(value).get(key)?.value

/** null where there is no text, or an empty one. */
export function scalarOf(value: YamlValue | undefined, key: string): string | null {
  const found = valueAt(value, key)
  return typeof found === 'string' && found !== '' ? found : null
}
