// Dependencies: the lock files that trivy keeps for its own tests, with what it expects of each.
// Its small database is imported beforehand; the peers tell what they read, without any.
//
//     node bench/dependencies.ts TRIVY_FOLDER
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { osvOfTrivy } from './dependencies/trivy-database.ts'
import { launcher, print, type Times, timed } from './measure.ts'
import { corpus, scratch } from './tools.ts'

interface Golden {
  ArtifactName: string
  Results?: {
    Target: string
    Type: string
    Class: string
    Packages?: { Name: string; Version: string }[]
    Vulnerabilities?: { VulnerabilityID: string; PkgName: string; InstalledVersion: string }[]
  }[]
}

/** What is said of one file: `name@version` of packages, `id name@version` of vulnerabilities. */
interface Told {
  packages: Set<string>
  vulnerabilities: Set<string>
}

interface Listing extends Times {
  byFile: Map<string, Told>
}

const testdata = join(corpus('aquasecurity/trivy'), 'integration/testdata')
const repositories = join(testdata, 'fixtures/repo')
const expected = readGoldens()
const read = [panthera(), trivy(), osvScanner()]
table('file', ['golden', 'panthera', 'trivy', 'osv-scanner'])
for (const [path, { packages }] of expected) {
  if (packages.size === 0) continue
  table(path, [String(packages.size), ...read.map((one) => shareOf(packages, one?.byFile, path))])
}
print(read.flatMap((listing, at) => summaryOf(listing, ['panthera', 'trivy', 'osv-scanner'][at])))
print(agreement())

function readGoldens(): Map<string, Told> {
  const byFile = new Map<string, Told>()
  const names = readdirSync(testdata).filter((name) => name.endsWith('.json.golden'))
  for (const name of names.sort()) {
    const golden = JSON.parse(readFileSync(join(testdata, name), 'utf8')) as Golden
    if (!golden.ArtifactName?.startsWith('testdata/fixtures/repo/')) continue
    for (const { Target, Class, ...result } of golden.Results ?? []) {
      if (Class !== 'lang-pkgs') continue
      const folder = relative('testdata/fixtures/repo', golden.ArtifactName)
      const told = toldOf(byFile, join(folder, Target))
      for (const { Name, Version } of result.Packages ?? []) told.packages.add(key(Name, Version))
      for (const each of result.Vulnerabilities ?? []) {
        const installed = key(each.PkgName, each.InstalledVersion)
        told.vulnerabilities.add(`${each.VulnerabilityID} ${installed}`)
      }
    }
  }
  return byFile
}

function panthera(): Listing | null {
  const [database, cache, report] = ['osv', 'cache', 'ours.json'].map((each) => join(scratch, each))
  if (database === undefined || cache === undefined || report === undefined) return null
  mkdirSync(database)
  for (const record of osvOfTrivy(join(testdata, 'fixtures/db'))) {
    writeFileSync(join(database, `${record.id}.json`), JSON.stringify(record))
  }
  const directory = join(cache, 'advisories')
  const update = ['advisories', 'update', '--from', database, '--directory', directory]
  if (timed(process.execPath, [launcher, ...update]) === null) return null
  const scan = ['scan', repositories, '--only', 'dependencies', '--no-cache', '--no-ignore']
  const times = timed(
    process.execPath,
    [launcher, ...scan, '--quiet', '--exit-zero', '--format', `json=${report}`],
    { env: { PANTHERA_CACHE_DIR: cache } },
  )
  if (times === null) return null
  const { packages, findings } = JSON.parse(readFileSync(report, 'utf8'))
  const byFile = new Map<string, Told>()
  for (const { name, version, place } of packages) {
    toldOf(byFile, place.path).packages.add(key(name, version))
  }
  for (const { subject, location } of findings) {
    for (const id of subject.aliases) {
      const found = `${id} ${key(subject.name, subject.version)}`
      toldOf(byFile, location.path).vulnerabilities.add(found)
    }
  }
  return { ...times, byFile }
}

/** A bill of materials needs no database. */
function trivy(): Listing | null {
  const byFile = new Map<string, Told>()
  const sum = { seconds: 0, cpuSeconds: 0 }
  // Its bill of materials tells the file of a package by edges only: one file at a time does, too.
  for (const path of expected.keys()) {
    const report = join(scratch, 'trivy.json')
    const times = timed('trivy', [
      ...['fs', '--offline-scan', '--skip-version-check', '--include-dev-deps', '--quiet'],
      ...['--format', 'cyclonedx', '--output', report, join(repositories, dirname(path))],
    ])
    if (times === null) return null
    sum.seconds += times.seconds
    sum.cpuSeconds += times.cpuSeconds
    const { components = [] } = JSON.parse(readFileSync(report, 'utf8'))
    for (const { type, group, name, version } of components) {
      if (type !== 'library') continue
      const whole = group === undefined ? [name] : [`${group}/${name}`, `${group}:${name}`]
      for (const each of whole) toldOf(byFile, path).packages.add(key(each, version))
    }
  }
  return { ...sum, byFile }
}

function osvScanner(): Listing | null {
  const report = join(scratch, 'osv.json')
  const database = join(scratch, 'empty')
  mkdirSync(database)
  const times = timed(
    'osv-scanner',
    [
      ...['scan', 'source', '-r', '--offline', '--all-packages', '--no-call-analysis=all'],
      ...['--format', 'json', '--output-file', report, `--local-db-path=${database}`, repositories],
    ],
    // Without a database it ends with 127, having read all the same.
    { fine: [1, 127, 128] },
  )
  if (times === null) return null
  const byFile = new Map<string, Told>()
  for (const { source, packages } of JSON.parse(readFileSync(report, 'utf8')).results) {
    const told = toldOf(byFile, relative(repositories, source.path))
    for (const { package: each } of packages) told.packages.add(key(each.name, each.version))
  }
  return { ...times, byFile }
}

function toldOf(byFile: Map<string, Told>, path: string): Told {
  const told = byFile.get(path) ?? { packages: new Set(), vulnerabilities: new Set() }
  byFile.set(path, told)
  return told
}

/** Spellings differ in case, in the separators of PyPI and in the `v` of Go. */
function key(name: string, version: string | null): string {
  const spelled = (version ?? '').replace(/^v(?=\d)/, '')
  return `${name.toLowerCase().replaceAll(/[._]/g, '-')}@${spelled}`
}

function shareOf(
  packages: ReadonlySet<string>,
  byFile: ReadonlyMap<string, Told> | undefined,
  path: string,
): string {
  if (byFile === undefined) return 'did not run'
  const told = byFile.get(path)?.packages ?? new Set()
  const missing = packages.difference(told).size
  const more = told.difference(packages).size
  return `${packages.size - missing}${more > 0 ? ` +${more}` : ''}`
}

function summaryOf(listing: Listing | null | undefined, tool = '') {
  if (!listing) return [{ what: `${tool}: packages expected`, ours: 'did not run' }]
  const files = [...expected].filter(([, { packages }]) => packages.size > 0)
  const all = files.reduce((sum, [, { packages }]) => sum + packages.size, 0)
  const found = files.reduce((sum, [path, { packages }]) => {
    return sum + packages.intersection(listing.byFile.get(path)?.packages ?? new Set()).size
  }, 0)
  return [
    { what: `${tool}: packages expected and found`, ours: `${found} of ${all}` },
    { what: `${tool}: seconds`, ours: listing.seconds.toFixed(1) },
  ]
}

function agreement() {
  const ours = read[0]
  if (!ours) return [{ what: 'panthera: vulnerabilities', ours: 'did not run' }]
  let all = 0
  const missing: string[] = []
  for (const [path, { vulnerabilities }] of expected) {
    all += vulnerabilities.size
    const told = ours.byFile.get(path)?.vulnerabilities ?? new Set()
    for (const each of vulnerabilities.difference(told)) missing.push(`${path} ${each}`)
  }
  for (const each of missing) process.stdout.write(`missing: ${each}\n`)
  return [
    {
      what: 'panthera: vulnerabilities expected and found',
      ours: `${all - missing.length} of ${all}`,
    },
  ]
}

function table(first: string, cells: readonly string[]): void {
  const line = cells.map((cell) => cell.padStart(13)).join('')
  process.stdout.write(`${first.padEnd(40)}${line}\n`)
}
