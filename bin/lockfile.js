// `npm run lockfile`, after a dependency was added: names in the lockfile the optional packages of
// other platforms that the registry in use does not have. Without them `npm ci` of npm 11 and later
// says that the lockfile does not fit package.json, on every platform.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))
const missing = Object.entries(lock.packages).flatMap(([from, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name, version]) => !satisfies(lockedAt(from, name), version))
    .map(([name, version]) => {
      // Where another package has another version of it, this one needs its own.
      const place = lockedAt(from, name) === null ? '' : `${from}/`
      return [`${place}node_modules/${name}`, entryOf(name, version, entry.dev)]
    }),
)
for (const [path, entry] of missing) lock.packages[path] = entry
if (missing.length > 0) {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1))
  lock.packages = Object.fromEntries(sorted)
  writeFileSync(`${file}.new`, `${JSON.stringify(lock, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}
process.stdout.write(`package-lock.json: ${missing.length} packages of other platforms added\n`)

/** Where node would find it, seen from a package; null where nothing of the name is locked. */
function lockedAt(from, name) {
  const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (path in lock.packages) return path
  if (from === '') return null
  return lockedAt(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
}

/** Ranges were resolved by npm; only an exact version can be compared. */
function satisfies(path, version) {
  return path !== null && (!/^\d/.test(version) || lock.packages[path].version === version)
}

/** Its manifest is out of reach, but its name says for what it is: `…-linux-arm64-musl`. */
function entryOf(name, version, dev) {
  const words = name.split(/[-/]/)
  const os = 'aix android darwin freebsd linux openharmony sunos win32'.split(' ')
  const cpu = 'arm arm64 ia32 loong64 ppc64 riscv64 s390x x64'.split(' ')
  const entry = { version, cpu: words.filter((word) => cpu.includes(word)) }
  if (!/^\d/.test(version) || entry.cpu.length !== 1) {
    throw new Error(`${name}@${version}: the name does not tell the platform; add it by hand`)
  }
  if (dev) entry.dev = true
  if (words.some((word) => word.includes('musl'))) entry.libc = ['musl']
  if (words.includes('gnu')) entry.libc = ['glibc']
  return { ...entry, optional: true, os: words.filter((word) => os.includes(word)) }
}
