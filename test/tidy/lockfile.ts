// The lockfile installs everywhere: it names every dependency of every package, for all platforms,
// and no place to get it from.
import type { Tree } from './tree.ts'

interface Entry {
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
    const needed = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
    const gaps = needed.filter((name) => !isLocked(packages, path, name))
    return [
      ...gaps.map((name) => `package-lock.json:1 lacks ${name}: run \`npm run lockfile\``),
      ...(entry.resolved?.startsWith('http')
        ? [`package-lock.json:1 says where ${path} is from`]
        : []),
    ]
  })
}

/** As Node looks a package up: beside the one that needs it, then further out. */
function isLocked(packages: Record<string, Entry>, from: string, name: string): boolean {
  const inside = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (inside in packages) return true
  return (
    from !== '' &&
    isLocked(packages, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
  )
}
