// The scanners that benchmarks run over one tree: ours and its peers, each a whole process, cold,
// with nothing from a network. A peer that is not on the PATH is left out, and the table says so.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launcher, type Times, timed } from './measure.ts'

/** What a tool says of one place. */
export interface Result {
  ruleId: string
  path: string
  line: number
  cwes: readonly string[]
  tags: readonly string[]
}

export interface Run extends Times {
  tool: string
  results: Result[]
}

export type Engine = 'secrets' | 'code' | 'dependencies' | 'infrastructure'

/** A folder that is gone when the process ends. */
export const scratch = mkdtempSync(join(tmpdir(), 'panthera-bench-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

export function ours(folder: string, engines: readonly Engine[], runs = 1): Run {
  const report = join(scratch, 'ours.json')
  const times = timed(
    process.execPath,
    [
      ...[launcher, 'scan', folder, '--no-ignore', '--no-cache', '--exit-zero', '--quiet'],
      ...['--only', engines.join(','), '--format', `json=${report}`],
    ],
    { runs },
  )
  if (times === null) throw new Error('the scan failed')
  return { tool: 'panthera', ...times, results: readOwn(report) }
}

export const peers = {
  /** `rules` is a folder of rules, which semgrep does not bring along. */
  semgrep: (folder: string, rules: string) =>
    peer('semgrep', folder, (report) => [
      ...['scan', '--metrics=off', '--disable-version-check', '--no-git-ignore', '--quiet'],
      ...['--max-target-bytes=0', '--timeout=30', '--config', rules],
      ...['--sarif', `--sarif-output=${report}`, folder],
    ]),
  bandit: (folder: string) =>
    peer('bandit', folder, (report) => ['-r', '-q', '-f', 'sarif', '-o', report, folder]),
  gitleaks: (folder: string) =>
    peer('gitleaks', folder, (report) => [
      ...['dir', folder, '--no-banner', '--exit-code', '0', '--log-level', 'fatal'],
      ...['--report-format', 'sarif', '--report-path', report],
    ]),
  trivyConfig: (folder: string) =>
    peer('trivy', folder, (report) => [
      ...['config', '--skip-check-update', '--skip-version-check', '--quiet'],
      ...['--format', 'sarif', '--output', report, folder],
    ]),
  trivySecret: (folder: string) =>
    peer('trivy', folder, (report) => [
      ...['fs', '--scanners', 'secret', '--skip-db-update', '--offline-scan', '--quiet'],
      ...['--format', 'sarif', '--output', report, folder],
    ]),
  checkov: (folder: string) =>
    peer(
      'checkov',
      folder,
      (report) => [
        ...['-d', folder, '--skip-download', '--quiet', '--compact', '--soft-fail'],
        ...['-o', 'sarif', '--output-file-path', `${report}.d`],
      ],
      (report) => join(`${report}.d`, 'results_sarif.sarif'),
    ),
  /** `database` holds `osv-scanner/<ecosystem>/all.zip`. */
  osvScanner: (folder: string, database: string) =>
    peer('osv-scanner', folder, (report) => [
      ...['scan', 'source', '-r', '--offline', '--format', 'sarif', '--output-file', report],
      ...[`--local-db-path=${database}`, folder],
    ]),
}

function peer(
  tool: string,
  folder: string,
  args: (report: string) => string[],
  written = (report: string) => report,
): Run | null {
  const report = join(scratch, `${tool}.sarif`)
  const env = { SEMGREP_SEND_METRICS: 'off', SEMGREP_ENABLE_VERSION_CHECK: '0' }
  // Most end with 1 where they have found something.
  const times = timed(tool, args(report), { cwd: folder, env, fine: [1] })
  if (times === null) return null
  try {
    return { tool, ...times, results: readSarif(written(report), folder) }
  } catch {
    return null
  }
}

interface Own {
  findings: { ruleId: string; cweId: string | null; location: OwnPlace | null }[]
}
interface OwnPlace {
  path: string
  line: number
}

/** Our own report: SARIF keeps but what code hosts take, 25,000 results. */
export function readOwn(path: string): Result[] {
  const { findings } = JSON.parse(readFileSync(path, 'utf8')) as Own
  return findings.map(({ ruleId, cweId, location }) => {
    const cwes = cweId === null ? [] : [cweId]
    const { path = '', line = 0 } = location ?? {}
    return { ruleId, path, line, cwes, tags: cwes }
  })
}

interface Sarif {
  runs: {
    tool: { driver: { rules?: SarifRule[] }; extensions?: { rules?: SarifRule[] }[] }
    results?: {
      ruleId?: string
      rule?: { id?: string }
      locations?: { physicalLocation?: SarifPlace }[]
    }[]
  }[]
}
interface SarifRule {
  id: string
  properties?: { tags?: string[]; cwe?: string[] | string }
}
interface SarifPlace {
  artifactLocation?: { uri?: string }
  region?: { startLine?: number }
}

export function readSarif(path: string, root: string): Result[] {
  const { runs } = JSON.parse(readFileSync(path, 'utf8')) as Sarif
  return runs.flatMap(({ tool, results = [] }) => {
    const rules = [tool.driver, ...(tool.extensions ?? [])].flatMap((one) => one.rules ?? [])
    const tags = new Map(rules.map(({ id, properties: p }) => [id, tagsOf(p)]))
    return results.map(({ ruleId, rule, locations }) => {
      const id = ruleId ?? rule?.id ?? ''
      const { artifactLocation, region } = locations?.[0]?.physicalLocation ?? {}
      const path = relativePath(decodeURIComponent(artifactLocation?.uri ?? ''), root)
      const own = tags.get(id) ?? []
      return { ruleId: id, path, line: region?.startLine ?? 0, tags: own, cwes: cwesOf(own) }
    })
  })
}

const tagsOf = (properties: SarifRule['properties']) => [
  ...(properties?.tags ?? []),
  ...[properties?.cwe ?? []].flat(),
]

/** `external/cwe/cwe-089`, `CWE-89: …` -> `CWE-89`. */
function cwesOf(tags: readonly string[]): string[] {
  return tags.flatMap((tag) => {
    const number = /\bcwe-0*(\d+)/i.exec(tag)?.[1]
    return number === undefined ? [] : [`CWE-${number}`]
  })
}

function relativePath(uri: string, root: string): string {
  const path = uri.startsWith('file:') ? fileURLToPath(uri) : uri
  return path.startsWith('/') ? relative(root, path) : path
}

/** A tree of files made for one run. */
export function treeOf(name: string, files: ReadonlyMap<string, string>): string {
  const root = join(scratch, name)
  for (const [path, content] of files) {
    const full = join(root, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, content)
  }
  return root
}

/** What a folder must be given as the first argument; says how to get it. */
export function corpus(what: string): string {
  const folder = process.argv[2]
  if (folder !== undefined) return resolve(folder)
  process.stderr.write(`give the folder of ${what}\n`)
  process.exit(2)
}
