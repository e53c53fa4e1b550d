// A requirement as PEP 508 writes it: `name[extra] >=1.0,<2 ; python_version < "3.9"`.

export interface PythonRequirement {
  /** Normalised as PEP 503 says. */
  name: string
  version: string | null
  range: string | null
  origin: string | null
}

export const pythonName = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-')

/** null for what is no requirement. */
export function readPythonRequirement(text: string): PythonRequirement | null {
  const [head, name] = /^\s*([a-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?/i.exec(text) ?? []
  if (head === undefined || name === undefined) return null
  const rest = text.slice(head.length).trim()
  const known = { name: pythonName(name), version: null, range: null, origin: null }
  if (rest.startsWith('@')) {
    const [place = ''] = rest.slice(1).trim().split(/\s/)
    return { ...known, origin: place }
  }
  const [clauses = ''] = rest.split(';')
  if (!/^\s*(?:$|[(<>=!~])/.test(clauses)) return null
  return { ...known, ...readSpecifier(clauses) }
}

/** `==1.0` is a version, `==1.*` and all else a range. */
export function readSpecifier(text: string): { version: string | null; range: string | null } {
  const range = text
    .trim()
    .replace(/^\((.*)\)$/, '$1')
    .trim()
  const clauses = range.split(',').map((clause) => /^\s*={2,3}\s*([^\s*]+)\s*$/.exec(clause)?.[1])
  const version = clauses.find((clause) => clause !== undefined) ?? null
  return { version, range: version === null && range !== '' ? range : null }
}

/** Groups, extras and files of this name are for those who work on the project. */
export const isForDevelopment = (name: string): boolean =>
  name.split(/[-_./]/).some((word) => developmentWords.has(word.toLowerCase()))

const developmentWords = new Set(
  'ci dev devel develop development doc docs lint linting mypy test testing tests typing'.split(
    ' ',
  ),
)
