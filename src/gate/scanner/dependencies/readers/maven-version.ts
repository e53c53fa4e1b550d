// Versions as Maven and Gradle state them.

/** `[1.0]` is a version too; `[1.0,2.0)`, `1.+` and `LATEST` are ranges. */
export function statedVersion(stated: string | null): {
  version: string | null
  range: string | null
} {
  const text = /^\[\s*([^,[\]()]+?)\s*\]$/.exec(stated ?? '')?.[1] ?? stated?.trim() ?? ''
  const isRange = /[[\](),+]|^(?:LATEST|RELEASE|latest\.\w+)$/.test(text)
  if (isRange || text === '') return { version: null, range: text || null }
  return { version: text, range: null }
}
