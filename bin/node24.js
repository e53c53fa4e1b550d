// Finds a Node that runs the TypeScript sources as they are: 24 or later.
// Plain JavaScript that Node 18 reads, because this is what runs before Node 24 is found.
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'

const majorMin = 24

/** Whether this very process can run the sources. */
export const isNode24 = major(process.versions.node) >= majorMin

/**
 * Yields paths of Node executables, the best first; lazily, as asking one for its version costs a
 * process. The packaged one is not asked: its version is pinned. It may still fail to start (a
 * glibc binary on musl), so the caller goes on to the next where a spawn fails.
 */
export function* nodes24(root) {
  const packaged = packagedNode(root)
  if (packaged) yield packaged
  yield* nodesOnPath()
}

/** What to tell where none was found. */
export function noNode24() {
  const own = process.versions.node
  return [
    `panthera: needs Node ${majorMin} or later and found none: this is Node ${own},`,
    `  the package ${packageName()} is not installed, and no \`node\` on PATH is new enough.`,
    process.platform === 'linux'
      ? '  Install with optional dependencies (npm install --include=optional) or install Node 24.'
      : '  Install Node 24 or later and run the command again.',
  ].join('\n')
}

function packageName() {
  return `node-${process.platform}-${process.arch}`
}

function packagedNode(root) {
  try {
    const resolve = createRequire(join(root, 'package.json')).resolve
    const manifest = resolve(`${packageName()}/package.json`)
    const node = join(manifest, '..', 'bin', 'node')
    return existsSync(node) ? node : undefined
  } catch {
    return undefined
  }
}

function* nodesOnPath() {
  const seen = new Set([realpathSync(process.execPath)])
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(folder, process.platform === 'win32' ? 'node.exe' : 'node')
    if (folder === '' || !existsSync(node) || seen.has(realpathSync(node))) continue
    seen.add(realpathSync(node))
    const { stdout, status } = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 5_000 })
    if (status === 0 && major(stdout.slice(1)) >= majorMin) yield node
  }
}

function major(version) {
  return Number.parseInt(version, 10)
}
