// From the URI of an artefact to a path within the repository: relative, with `/`, never out of it.
import { cleanLine } from './text.ts'

export interface UriBase {
  uri: string | null
  /** The base that this one is relative to. */
  uriBaseId: string | null
}

export interface PathContext {
  /** `originalUriBaseIds` of the run. */
  bases: ReadonlyMap<string, UriBase>
  /** Absolute paths cannot be told apart otherwise: what comes before this name is cut off. */
  repositoryName: string | null
}

/** Null where nothing is left of it. */
export function pathOf(uri: string, uriBaseId: string | null, context: PathContext): string | null {
  const whole = uriBaseId === null ? slashed(uri) : resolved(slashed(uri), uriBaseId, context.bases)
  const segments = isAbsolute(whole)
    ? withinRoot(segmentsOf(afterScheme(whole)), context)
    : segmentsOf(whole)
  const path = cleanLine(segments.join('/'), pathCharsMax)
  return path === '' ? null : path
}

const pathCharsMax = 1_000
const basesDeepMax = 8

/** Puts relative bases before it; an absolute one may be the repository's root, or within it. */
function resolved(uri: string, uriBaseId: string, bases: ReadonlyMap<string, UriBase>): string {
  let path = uri
  let id: string | null = uriBaseId
  for (let depth = 0; id !== null && depth < basesDeepMax && !isAbsolute(path); depth++) {
    const base: UriBase | undefined = bases.get(id)
    if (base === undefined) break
    const folder = slashed(base.uri ?? '')
    if (folder !== '') path = folder.endsWith('/') ? folder + path : `${folder}/${path}`
    id = base.uriBaseId
  }
  return path
}

function withinRoot(segments: readonly string[], context: PathContext): readonly string[] {
  const roots = [...context.bases.values()]
    .map(({ uri }) => slashed(uri ?? ''))
    .filter(isAbsolute)
    .map((uri) => segmentsOf(afterScheme(uri)))
    .filter((root) => root.length > 0 && root.every((name, at) => segments[at] === name))
    .sort((a, b) => a.length - b.length)
  const [root] = roots
  if (root !== undefined) return segments.slice(root.length)
  const { repositoryName } = context
  if (repositoryName === null) return segments
  let at = segments.indexOf(repositoryName)
  if (at === -1 || at === segments.length - 1) return segments
  // Build machines like to repeat it: /home/runner/work/name/name/src.
  while (segments[at + 1] === repositoryName && at + 2 < segments.length) at++
  return segments.slice(at + 1)
}

function slashed(uri: string): string {
  return uri.slice(0, 4 * pathCharsMax).replaceAll('\\', '/')
}

function isAbsolute(uri: string): boolean {
  return /^(?:\/|[a-z][a-z0-9+.-]*:\/\/|file:|[a-z]:\/)/i.test(uri)
}

/** Drives stay out: they say where a machine keeps its files. */
function afterScheme(uri: string): string {
  return uri
    .replace(/^file:(?:\/\/[^/]*)?/i, '')
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^\/?[a-z](?::|%3a)\//i, '')
}

function segmentsOf(path: string): string[] {
  const segments: string[] = []
  for (const part of path.split('/')) {
    const name = decoded(part)
    if (name === '..') segments.pop()
    else if (name !== '' && name !== '.') segments.push(name)
  }
  return segments
}

/** After splitting, so that an encoded `/` cannot make a step out of a name. */
function decoded(part: string): string {
  if (!part.includes('%')) return part
  try {
    return decodeURIComponent(part).replace(/[/\\\0]/g, '_')
  } catch {
    return part
  }
}
