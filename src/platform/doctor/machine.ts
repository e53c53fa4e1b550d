// What the machine brings: Node, git, and a PostgreSQL where none is given.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Config } from '../config.ts'
import { isErrno } from '../files.ts'
import { probePostgres } from '../postgres/index.ts'
import { type Check, fail, pass, reasonOf, skip, warn } from './check.ts'

const nodeMajor = 24
const gitMin = [2, 32] as const

export function checkNode(): Check {
  const { node } = process.versions
  const detail = `Node ${node} at ${process.execPath}`
  if (Number.parseInt(node, 10) >= nodeMajor) return pass('node', detail)
  return fail('node', detail, `install Node ${nodeMajor}, or run: npm ci`)
}

export async function checkGit(): Promise<Check> {
  const fix = `install git ${gitMin.join('.')} or later, for example with: apt-get install git`
  try {
    const { stdout } = await promisify(execFile)('git', ['--version'], { timeout: 10_000 })
    const version = /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0]
    if (version === undefined) return fail('git', `git says ${stdout.trim().slice(0, 80)}`, fix)
    const [major = 0, minor = 0] = version.split('.').map(Number)
    const isNew = major > gitMin[0] || (major === gitMin[0] && minor >= gitMin[1])
    return isNew ? pass('git', `git ${version}`) : fail('git', `git ${version} is too old`, fix)
  } catch (error) {
    const missing = isErrno(error, 'ENOENT')
    return fail('git', missing ? 'git is not installed' : `git: ${reasonOf(error)}`, fix)
  }
}

/** Where the embedded database would come from, and who would run it. Starts nothing. */
export async function checkPostgres({
  databaseUrl,
}: Pick<Config, 'databaseUrl'>): Promise<Check[]> {
  if (databaseUrl !== null) {
    const detail = 'DATABASE_URL is set, so none is started here'
    return [skip('postgres', detail), skip('user-namespaces', detail)]
  }
  const { source, detail, userNamespaces } = await probePostgres()
  const fix =
    'run npm ci on Linux with x64 or arm64, or install PostgreSQL 15 or later, or set DATABASE_URL'
  const postgres =
    source === 'none'
      ? fail('postgres', detail, fix)
      : pass('postgres', `${detail} (${source === 'embedded' ? 'ours' : "the system's"})`)
  return [postgres, namespaces(userNamespaces)]
}

function namespaces(work: boolean): Check {
  const name = 'user-namespaces'
  if (process.getuid?.() !== 0) return pass(name, 'not needed: this is not root')
  if (work) return pass(name, 'root can run PostgreSQL without giving files away')
  return warn(
    name,
    'not allowed here: as root, PostgreSQL runs as another user, to whom its files belong',
    'run as a user other than root, or allow user namespaces (in containers by their seccomp ' +
      'profile)',
  )
}
