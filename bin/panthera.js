#!/usr/bin/env node
// The `panthera` command: finds Node 24 and hands over to src/cli (a checkout) or build/cli (the
// published package, where Node refuses to strip types). Runs on Node 18 and later.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isNode24, nodes24, noNode24 } from './node24.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const argv = process.argv.slice(2)
const exitUsage = 2
const exitInternal = 3

if (argv.length === 1 && ['--version', '-v', 'version'].includes(argv[0])) {
  // Answered here, as a second Node would double the time.
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  process.stdout.write(`panthera ${version}\n`)
} else if (await installed()) {
  if (isNode24) await run()
  else handOver(nodes24(root))
}

/** In a checkout installs what the lockfile wants; the published package came with it. */
async function installed() {
  if (!isCheckout()) return true
  const { prepare } = await import('./prepare.js')
  try {
    await prepare(root)
    return true
  } catch (error) {
    process.stderr.write(`panthera: ${error.message}\n`)
    process.exitCode = exitInternal
    return false
  }
}

function isCheckout() {
  return existsSync(join(root, 'src/cli/main.ts')) && !root.split(sep).includes('node_modules')
}

/** Runs the command line in this process. */
async function run() {
  dieWithLauncher()
  // Node's own code for a crash is 1, which here says that there are findings.
  process.on('uncaughtException', crash)
  // A reader that went away (`panthera scan | head`) is no failure of ours.
  process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 141 : exitInternal))
  module.enableCompileCache?.(join(cacheFolder(), 'compile'))
  const entry = isCheckout() ? 'src/cli/main.ts' : 'build/cli/main.js'
  const { main } = await import(pathToFileURL(join(root, entry)).href)
  const code = await main(argv)
  await Promise.all([written(process.stdout), written(process.stderr)])
  process.exit(code)
}

function crash(error) {
  process.stderr.write(`panthera: internal failure: ${error?.stack ?? error}\n`)
  process.exit(exitInternal)
}

// Not the default below the shared temporary folder, where others could plant code for us to run.
function cacheFolder() {
  const { PANTHERA_CACHE_DIR, XDG_CACHE_HOME } = process.env
  return PANTHERA_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'panthera')
}

function written(stream) {
  return new Promise((resolve) => stream.write('', resolve))
}

/** Runs this file again under another Node and ends as that one ends. */
function handOver(candidates) {
  const { value: node, done } = candidates.next()
  if (done) {
    process.stderr.write(`${noNode24()}\n`)
    process.exitCode = exitUsage
    return
  }
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc']
  const child = spawn(node, [...process.execArgv, fileURLToPath(import.meta.url), ...argv], {
    stdio,
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const forward = (signal) => {
    if (signal === 'SIGTERM' || !hasTerminal()) child.kill(signal)
  }
  for (const signal of signals) process.on(signal, forward)
  const stopForwarding = () => {
    for (const signal of signals) process.off(signal, forward)
  }
  child.once('error', () => {
    if (child.pid !== undefined) return
    stopForwarding()
    handOver(candidates)
  })
  child.once('exit', (code, signal) => {
    stopForwarding()
    if (signal) process.kill(process.pid, signal)
    else process.exitCode = code
  })
}

/** A terminal sends its signals to the whole group: passed on, Ctrl-C would count twice. */
function hasTerminal() {
  return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
}

/**
 * Who kills the launcher means the program: without this a `kill -9` would leave a server behind
 * that holds its port. The channel to the launcher closes the moment it is gone.
 */
function dieWithLauncher() {
  if (!process.connected) return
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}
