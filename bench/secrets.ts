// Secrets in a tree: megabytes per CPU-second and files per second, beside gitleaks where it is on
// the PATH: `npm run bench -- secrets`, or `node bench/secrets.ts FOLDER`. Without a folder it
// looks at the installed packages of this checkout, under another name, because gitleaks passes
// over every `node_modules`. Both are whole processes, started cold, timed by the same shell.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launcher, print, type Times, timed } from './measure.ts'

const work = mkdtempSync(join(tmpdir(), 'panthera-bench-'))
try {
  measure(process.argv[2] === undefined ? installedPackages() : resolve(process.argv[2]))
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Hard links: nothing is copied. */
function installedPackages(): string {
  const folder = join(work, 'packages')
  const installed = fileURLToPath(new URL('../node_modules', import.meta.url))
  spawnSync('cp', ['-al', installed, folder])
  spawnSync('find', [folder, '-name', 'node_modules', '-prune', '-exec', 'rm', '-rf', '{}', '+'])
  return folder
}

function measure(folder: string): void {
  const report = join(work, 'ours.json')
  const ours = timed(
    process.execPath,
    [
      ...[launcher, 'scan', folder, '--no-ignore', '--no-cache', '--exit-zero', '--quiet'],
      ...['--only', 'secrets', '--format', `json=${report}`],
    ],
    { runs: 3 },
  )
  if (ours === null) throw new Error('the scan failed')
  const { files, megabytes } = sizeOf(folder)
  const peer = timed('gitleaks', [
    ...['dir', folder, '--no-banner', '--exit-code', '0', '--log-level', 'fatal'],
    ...['--report-format', 'json', '--report-path', join(work, 'theirs.json')],
  ])
  const rate = (times: Times) => `${(megabytes / times.cpuSeconds).toFixed(1)} MB`
  const speed = (times: Times) => `${Math.round(files / times.seconds)}/s`
  print([
    {
      what: `secrets per CPU-second, ${megabytes.toFixed(0)} MB`,
      ours: rate(ours),
      aim: '100 MB',
      peer: peer === null ? 'gitleaks is not on the PATH' : `gitleaks ${rate(peer)}`,
    },
    {
      what: `files per second, ${files} files`,
      ours: speed(ours),
      ...(peer === null ? {} : { peer: `gitleaks ${speed(peer)}` }),
    },
  ])
}

/** All of the tree: what a tool leaves unread is its own gain. */
function sizeOf(folder: string): { files: number; megabytes: number } {
  const { stdout } = spawnSync(
    'find',
    [folder, '-type', 'f', '-size', '-5120k', '-printf', '%s\n'],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  )
  const sizes = stdout.trim().split('\n').map(Number)
  return { files: sizes.length, megabytes: sizes.reduce((sum, size) => sum + size, 0) / 1e6 }
}
