// How long `panthera --version` takes, beside Node doing nothing.
import { spawnSync } from 'node:child_process'
import { launcher, median, print } from './measure.ts'

const runs = 15

function startMs(args: readonly string[]): number {
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now()
    spawnSync(process.execPath, args, { stdio: 'ignore' })
    times.push(performance.now() - startedAt)
  }
  return median(times)
}

const empty = startMs(['-e', '0'])
print([
  {
    what: 'panthera --version',
    ours: `${Math.round(startMs([launcher, '--version']))} ms`,
    aim: '150 ms',
    peer: `node -e 0: ${Math.round(empty)} ms`,
  },
  {
    what: 'panthera --help',
    ours: `${Math.round(startMs([launcher, '--help']))} ms`,
  },
])
