// Runs a command of the host's configuration: an absolute program with its arguments, no shell, a
// bounded time, and of its output what people need to see why it failed.
import { spawn } from 'node:child_process'
import { DeploymentFailure, oneLine } from './failure.ts'

const outputMax = 64 << 10
const shownMax = 300

/** @throws {DeploymentFailure} unless it ends with 0 within the time. */
export function runCommand(
  name: string,
  [program = '', ...args]: readonly string[],
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new DeploymentFailure(oneLine(`${name} ${why}`)))
    const child = spawn(program, args, {
      cwd: '/',
      // A group of its own: what it started ends with it.
      detached: true,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const hear = (chunk: Buffer) => {
      if (output.length < outputMax) output += chunk.toString()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    let late = false
    const timer = setTimeout(() => {
      late = true
      end()
    }, timeoutMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      fail(`cannot be started: ${error.message}`)
    })
    // Not `close`: a server that it started may hold its output open for as long as it runs.
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      // What it wrote last is read first.
      setImmediate(() => {
        child.stdout.destroy()
        child.stderr.destroy()
        if (late) fail(`did not end within ${timeoutMs / 1000} s`)
        else if (code === 0) resolve(`${name} succeeded`)
        else fail(`failed (${code ?? signal})${shown(output)}`)
      })
    })
  })
}

/** The end of what it said: that is where programs tell what is wrong. */
function shown(output: string): string {
  const text = output.trim()
  if (text === '') return ''
  return `: ${text.length > shownMax ? `…${text.slice(-shownMax)}` : text}`
}
