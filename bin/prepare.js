// Installs what the lockfile wants, if it is not what is installed. Runs before everything in a
// checkout, on Node 18 and later, several at once; costs a few milliseconds where nothing is to do.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.js'

/** Resolves when what is installed is the lockfile's; throws with what to do if it cannot be. */
export async function prepare(root) {
  if (difference(root) === undefined) return
  const waiting = (pid) => say(`waiting for the installation that process ${pid} runs`)
  await withLock(join(root, '.install.lock'), waiting, async (holdAlso) => {
    // The one that held the lock may have done it.
    const reason = difference(root)
    if (reason === undefined) return
    say(`installing dependencies, because ${reason}`)
    const start = Date.now()
    await install(root, holdAlso)
    writeFileSync(join(root, 'node_modules', stampName), stamp(root))
    say(`installed in ${((Date.now() - start) / 1000).toFixed(1)} s`)
  })
}

const stampName = '.panthera-installed'

/** Why the installed tree is not the lockfile's, as the end of a sentence; undefined if it is. */
function difference(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages
  if (wanted === undefined) throw new Error('package-lock.json is missing or not JSON: restore it')
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))?.packages
  if (installed === undefined) return 'node_modules is missing or incomplete'
  const tried = readText(join(root, 'node_modules', stampName)) === stamp(root)
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const found = installed[path]
    if (found === undefined) {
      if (entry.optional && (tried || !isForThisMachine(entry))) continue
      return `${name} is not installed`
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${name} is ${found.version} and the lockfile says ${entry.version}`
    }
    if (!existsSync(join(root, path))) return `${name} was removed`
  }
  const surplus = Object.keys(installed).find((path) => !(path in wanted))
  return surplus && `${surplus.replace(/^node_modules\//, '')} is not in the lockfile`
}

/**
 * npm leaves out an optional package of another platform, and says nothing where one failed to
 * install. The stamp says that this lockfile was tried on this platform, so that such a failure
 * does not install for ever. Packages for one C library count as for another platform.
 */
function isForThisMachine({ os, cpu, libc }) {
  if (os === undefined && cpu === undefined) return false
  return libc === undefined && allows(os, process.platform) && allows(cpu, process.arch)
}

function allows(list, value) {
  if (list === undefined) return true
  const names = [list].flat()
  if (names.includes(`!${value}`)) return false
  return names.includes(value) || names.every((name) => name.startsWith('!'))
}

function stamp(root) {
  const hash = createHash('sha256').update(readText(join(root, 'package-lock.json')) ?? '')
  return `${process.platform}-${process.arch} ${hash.digest('hex')}\n`
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET/

/** Runs `npm ci`; its words go to standard error, as standard output belongs to the command. */
function install(root, holdAlso) {
  const { command, args, env } = npm(root)
  // Integrity is in the lockfile, so what the cache holds need not be asked for again.
  const flags = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--prefer-offline',
    '--no-progress',
    '--loglevel=error',
    // Two retries as ever, but an answer within seconds where there is no network.
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=5000',
  ]
  const stdio = ['ignore', 'pipe', 'pipe']
  const shell = process.platform === 'win32'
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, ...flags], { cwd: root, env, stdio, shell })
    if (child.pid !== undefined) holdAlso(child.pid)
    const stop = (signal) => child.kill(signal)
    for (const signal of signals) process.on(signal, stop)
    let tail = ''
    const relay = (chunk) => {
      process.stderr.write(chunk)
      tail = (tail + chunk).slice(-20_000)
    }
    child.stdout.on('data', relay)
    child.stderr.on('data', relay)
    child.once('error', (error) => {
      const hint = error.code === 'ENOENT' ? 'npm is not on PATH: install npm' : error.message
      reject(new Error(`the dependencies could not be installed: ${hint}`))
    })
    child.once('close', (code, signal) => {
      for (const name of signals) process.off(name, stop)
      if (code === 0) resolve()
      else reject(new Error(failure(tail, code ?? signal)))
    })
  })
}

function failure(output, end) {
  const cause = unreachable.test(output)
    ? 'the package registry cannot be reached. Check the network or npm’s proxy'
    : `npm ci ended with ${end}, see above`
  return `the dependencies could not be installed: ${cause}, then run the command again.`
}

/**
 * The npm that started us if one did, run by a Node outside the tree: `npm ci` deletes the tree,
 * and with it the Node 24 inside that npm's PATH prefers.
 */
function npm(root) {
  const inside = (path) => path.startsWith(join(root, 'node_modules') + sep)
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !inside(folder))
  const env = { ...process.env, PATH: folders.join(delimiter) }
  const { npm_execpath: script, npm_node_execpath: starter } = process.env
  if (!script || !/\.c?js$/.test(script)) return { command: 'npm', args: [], env }
  const node = [starter, process.execPath].find((path) => path && !inside(path)) ?? 'node'
  return { command: node, args: [script], env }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function say(text) {
  process.stderr.write(`panthera: ${text}\n`)
}

if (process.argv[1] && fileURLToPath(import.meta.url) === realpathSync(process.argv[1])) {
  prepare(dirname(dirname(fileURLToPath(import.meta.url)))).catch((error) => {
    say(error.message)
    process.exitCode = 3
  })
}
