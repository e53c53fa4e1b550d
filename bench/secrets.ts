// Secrets in a tree: megabytes per CPU-second and files per second, beside gitleaks where it is on
// the PATH: `npm run bench -- secrets`, or `node bench/secrets.ts FOLDER`. Without a folder it
// looks at the installed packages of this checkout, which everybody who runs this has.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scanFolder } from '../src/gate/source/scan.ts'
import { median, print } from './measure.ts'

const runs = 3
const installed = fileURLToPath(new URL('../node_modules', import.meta.url))
const folder = resolve(process.argv[2] ?? installed)

interface Run {
  files: number
  megabytes: number
  cpuSeconds: number
  seconds: number
  findings: number
}

/** CPU time of this process holds that of its workers. */
async function ours(): Promise<Run> {
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const engines = { secrets: true, code: false, dependencies: false, infrastructure: false }
  const { coverage, findings } = await scanFolder({
    root: folder,
    engines,
    cacheDir: null,
    ignore: false,
  })
  const { user, system } = process.cpuUsage(cpu)
  return {
    files: coverage.files,
    megabytes: coverage.bytes / 1e6,
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - startedAt) / 1000,
    findings: findings.length,
  }
}

/** User and system seconds as bash's `time` tells them; null where gitleaks is not there. */
function gitleaks(): { cpuSeconds: number; seconds: number } | null {
  const report = join(tmpdir(), `panthera-bench-${process.pid}.json`)
  const command =
    `TIMEFORMAT='%U %S %R'; time gitleaks dir "$1" --no-banner --exit-code 0 ` +
    `--report-format json --report-path "$2" --log-level fatal`
  const { status, stderr } = spawnSync('bash', ['-c', command, 'bash', folder, report], {
    encoding: 'utf8',
  })
  rmSync(report, { force: true })
  const times = /([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr)
  if (status !== 0 || times === null) return null
  const [user = 0, system = 0, seconds = 0] = times.slice(1).map(Number)
  return { cpuSeconds: user + system, seconds }
}

await ours()
const measured: Run[] = []
for (let run = 0; run < runs; run++) measured.push(await ours())
const of = (pick: (run: Run) => number) => median(measured.map(pick))
const megabytes = of((run) => run.megabytes)
const files = of((run) => run.files)
const peer = gitleaks()

const peerRate = peer && `gitleaks ${(megabytes / peer.cpuSeconds).toFixed(1)} MB`
const peerFiles = peer && `gitleaks ${Math.round(files / peer.seconds)}/s`
print([
  {
    what: `secrets per CPU-second, ${megabytes.toFixed(1)} MB`,
    ours: `${(megabytes / of((run) => run.cpuSeconds)).toFixed(1)} MB`,
    aim: '100 MB',
    peer: peerRate ?? 'gitleaks is not on the PATH',
  },
  {
    what: `files per second, ${files} files, ${of((run) => run.findings)} findings`,
    ours: `${Math.round(files / of((run) => run.seconds))}/s`,
    ...(peerFiles === null ? {} : { peer: peerFiles }),
  },
])
