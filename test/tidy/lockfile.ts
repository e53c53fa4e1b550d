// The lockfile installs everywhere: it names every dependency of every package, for all platforms,
// and no place to get it from.
import type { Tree } from './tree.ts'

interface Entry {
  version?: string
  resolved?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/**
 * A registry that lacks packages of other platforms makes npm leave them out of the lockfile, and
 * `npm ci` of npm 11 and later refuses such a lockfile on every machine.
 */
export function findLockfileGaps(tree: Tree): string[] {
  const text = tree.get('package-lock.json')
  if (text === undefined) return ['package-lock.json:1 is missing']
  const { packages } = JSON.parse(text) as { packages: Record<string, Entry> }
  return Object.entries(packages).flatMap(([path, entry]) => {
    const needed = Object.entries({ ...entry.dependencies, ...entry.optionalDependencies })
    const gaps = needed.flatMap(([name, wanted]) =>
      fits(lockedFor(packages, path, name), wanted) ? [] : [name],
    )
    return [
      ...gaps.map((name) => `package-lock.json:1 lacks ${name}: run \`npm run lockfile\``),
      ...(entry.resolved?.startsWith('http')
        ? [`package-lock.json:1 says where ${path} is from`]
        : []),
    ]
  })
}

/** As Node looks a package up: beside the one that needs it, then further out. */
function lockedFor(packages: Record<string, Entry>, from: string, name: string): Entry | undefined {
  const inside = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (inside in packages) return packages[inside]
  if (from === '') return undefined
  const out = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))
  return lockedFor(packages, out, name)
}

/** Ranges npm has compared itself; an exact version is one that it may have found elsewhere. */
function fits(entry: Entry | undefined, wanted: string): boolean {
  if (entry === undefined) return false
  return !/^\d+\.\d+\.\d+$/.test(wanted) || (entry.version ?? wanted) === wanted
}
