// What `package.json` and npm's lock files write behind the name of a package: a version, a range,
// an alias, or a place that is no registry.

export interface NpmSpec {
  /** Of the package that is meant, where the name before the spec is an alias. */
  name: string
  version: string | null
  range: string | null
  origin: string | null
  /** A folder of the project itself. */
  isLocal: boolean
}

export function readNpmSpec(name: string, spec: string): NpmSpec {
  const known = { name, version: null, range: null, origin: null, isLocal: false }
  const text = spec.trim()
  const [, aliased, behind = ''] = /^npm:((?:@[^/@]+\/)?[^/@]+)(?:@(.*))?$/.exec(text) ?? []
  if (aliased !== undefined) return { ...readNpmSpec(aliased, behind), name: aliased }
  if (/^(?:workspace|link|portal):/.test(text)) return { ...known, isLocal: true }
  if (text.startsWith('file:')) {
    const isArchive = /\.(?:tgz|tar\.gz|tar)$/.test(text)
    return isArchive ? { ...known, origin: text } : { ...known, isLocal: true }
  }
  if (isPlace.test(text)) return { ...known, origin: text }
  const [exact] = /(?<=^[v=\s]*)\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.exec(text) ?? []
  if (exact !== undefined) return { ...known, version: exact }
  return { ...known, range: text === '' ? '*' : text }
}

/** A URL, a git address, or `owner/repository` on GitHub. */
const isPlace = /^(?:git|https?|ssh|github|gitlab|bitbucket|gist)[:+@]|^[\w.-]+\/[\w.-]+(?:#|$)/i

/** Where a lock file says that an archive came from; null for a registry. */
export function originOf(resolved: string | null): string | null {
  if (resolved === null) return null
  if (/^(?:git|ssh|github|gitlab|bitbucket|gist)[:+@]/i.test(resolved)) return resolved
  if (resolved.startsWith('file:')) return resolved
  if (!/^https?:/i.test(resolved)) return null
  // Every registry has one of these between a package's name and its archive.
  if (/\/-\/|\/download\/|\/tarballs?\/|%2f-%2f/i.test(resolved)) {
    return /^https?:\/\/(?:codeload\.|api\.)?github\.com\//i.test(resolved) ? resolved : null
  }
  return resolved
}

/** The strongest of several. */
export function integrityOf(text: string | null): string | null {
  if (text === null || !text.includes(' ')) return text
  const all = text.split(/\s+/)
  const strengths = ['sha512-', 'sha384-', 'sha256-', 'sha1-']
  const found = strengths.map((prefix) => all.find((one) => one.startsWith(prefix)))
  return found.find((one) => one !== undefined) ?? null
}
