// A checkout of its own in a temporary folder, with our real launcher and a command line of the
// test's making.
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

const root = dirname(import.meta.dirname)

export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Writes `files` (path to text) and `bin/` into a new folder, removed after the test. */
export function makeCheckout(files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'panthera-checkout-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true })
  for (const [path, text] of Object.entries(files)) write(folder, path, text)
  return folder
}

export function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** As after an installation of no packages at all, but for the Node 24 that is brought along. */
export function fakeInstalled(folder: string): void {
  const manifest = { name: 'panthera', version: '1.2.3', type: 'module' }
  write(folder, 'package.json', JSON.stringify(manifest))
  write(folder, 'package-lock.json', JSON.stringify({ lockfileVersion: 3, packages: { '': {} } }))
  write(folder, 'node_modules/.package-lock.json', JSON.stringify({ packages: {} }))
  const node = `node_modules/node-${process.platform}-${process.arch}`
  if (existsSync(join(root, node))) symlinkSync(join(root, node), join(folder, node))
}

/** Starts `node ...argv` in the folder; `started` resolves when it first prints. */
export function start(folder: string, argv: string[], { node = process.execPath, env = {} } = {}) {
  const child = spawn(node, argv, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PANTHERA_CACHE_DIR: join(folder, 'cache'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const started = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      resolve()
    })
  })
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, started, ended }
}
