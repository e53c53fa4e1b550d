// What to do about a vulnerable package, in its ecosystem's own terms.
import type { Ecosystem, Package } from '../package.ts'

export function remedy(
  { ecosystem, name, path, place }: Package,
  [fixed]: readonly string[],
  isMalware: boolean,
): string {
  const [bringer] = path
  const through = path.length > 1 && bringer !== undefined ? bringer : null
  if (isMalware) {
    return [
      through === null ? `Remove ${name}.` : `Remove ${name}, which ${through} brings in.`,
      'Take every machine that installed it for compromised,',
      'and replace the credentials that were in its reach.',
    ].join(' ')
  }
  if (fixed === undefined) {
    const what = through === null ? name : `${name}, which ${through} brings in`
    const otherwise = 'or make sure that its vulnerable part is never reached'
    return `No fixed version is known: replace or remove ${what}, ${otherwise}.`
  }
  if (through === null) return `Upgrade ${name} to ${fixed} or later.`
  return [
    `Upgrade ${through}, which brings ${name} in,`,
    `to a release that uses ${name} ${fixed} or later.`,
    `Where there is none, ${forcing(ecosystem, place.path)(name, fixed)}.`,
  ].join(' ')
}

type Forcing = (name: string, version: string) => string

/** How a version of an indirect dependency is forced; continues "Where there is none, ". */
function forcing(ecosystem: Ecosystem, manifest: string): Forcing {
  const file = manifest.slice(manifest.lastIndexOf('/') + 1)
  return byFile[file] ?? byEcosystem[ecosystem]
}

const byEcosystem: Readonly<Record<Ecosystem, Forcing>> = {
  npm: (name, version) => `add "${name}": "${version}" to "overrides" in package.json`,
  PyPI: (name, version) => `require ${name}>=${version} in the project itself`,
  Go: (name, version) => `run: go get ${name}@${version.startsWith('v') ? '' : 'v'}${version}`,
  'crates.io': (name, version) => `run: cargo update -p ${name} --precise ${version}`,
  Maven: (name, version) => `set ${name} to ${version} in dependencyManagement`,
  RubyGems: (name, version) =>
    `run: bundle update ${name} --conservative, with "${name}", ">= ${version}" in the Gemfile`,
  Packagist: (name, version) =>
    `run: composer require "${name}:>=${version}" --update-with-all-dependencies`,
  NuGet: (name, version) => `reference ${name} ${version} in the project itself`,
}

const gradle: Forcing = (name, version) => `add a constraint on ${name}:${version}`

const byFile: Readonly<Record<string, Forcing>> = {
  'yarn.lock': (name, version) => `add "${name}": "${version}" to "resolutions" in package.json`,
  'pnpm-lock.yaml': (name, version) =>
    `add ${name}: ${version} to "overrides" in pnpm-workspace.yaml`,
  'gradle.lockfile': gradle,
  'build.gradle': gradle,
  'build.gradle.kts': gradle,
  'uv.lock': (name, version) => `add "${name}>=${version}" to constraint-dependencies of tool.uv`,
}
