// PostgreSQL's data directory: made whole or not at all, and what we keep in it.
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isErrno, syncDirectory } from '../files.ts'
import { EmbeddedPostgresError, useDatabaseUrl } from './error.ts'
import type { RunAs, RunResult } from './run-as.ts'
import { settingsFile } from './settings.ts'
import { syncTree } from './tree.ts'

export interface Cluster {
  /** Of PostgreSQL's version. */
  major: number
  /** Who the files belong to. */
  uid: number
  gid: number
  passwords: Passwords
}

export interface Passwords {
  superuser: string
  owner: string
}

/** The launcher's own; it never leaves this folder. */
export const superuser = 'postgres'
/** Owns the application's database and cannot pass row-level security. */
export const owner = 'panthera'
export const database = 'panthera'

/** Inside the cluster, so that neither is ever without the other, also in a copy. */
const passwordsFile = 'panthera-passwords.json'

const createMs = 120_000

/** Null where there is none yet. Throws `postgres_cluster_damaged` and `postgres_wrong_owner`. */
export function readCluster(directory: string): Cluster | null {
  try {
    const { uid, gid } = statSync(directory)
    checkOwner(directory, uid)
    const major = Number.parseInt(readFileSync(join(directory, 'PG_VERSION'), 'utf8'), 10)
    return { major, uid, gid, passwords: readPasswords(join(directory, passwordsFile)) }
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error
    if (isErrno(error, 'ENOENT') && !exists(directory)) return null
    throw new EmbeddedPostgresError(
      'postgres_cluster_damaged',
      `${directory} is not a whole database: ${error instanceof Error ? error.message : error}`,
      `move ${directory} away and restore a backup with panthera restore, or ${useDatabaseUrl}`,
      error,
    )
  }
}

function readPasswords(path: string): Passwords {
  const { superuser, owner } = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof superuser === 'string' && typeof owner === 'string') return { superuser, owner }
  throw new Error(`${path} lacks a password`)
}

/**
 * Creates the data directory with its superuser, the role `panthera` and its database, beside its
 * final place, and moves it there when it is complete and on disk.
 * Throws `postgres_init_failed`.
 */
export async function createCluster(
  directory: string,
  bin: string,
  major: number,
  runAs: RunAs,
): Promise<void> {
  const temporary = `${directory}.new-${randomBytes(6).toString('hex')}`
  try {
    mkdirSync(temporary, { mode: 0o700 })
    runAs.handOver(temporary)
    const timeoutMs = createMs
    const init = await runAs.run(join(bin, 'initdb'), initArguments(temporary, major), {
      timeoutMs,
    })
    check(init, 'initdb')
    const passwords = { superuser: newPassword(), owner: newPassword() }
    // A server without sockets, for one user: nobody can come in before the passwords stand.
    const input = firstStatements(passwords)
    const roles = await runAs.run(join(bin, 'postgres'), singleArguments(temporary), {
      timeoutMs,
      input: input.map((statement) => `${statement};\n\n`).join(''),
    })
    check(roles, 'the creation of its roles')
    configure(temporary, passwords)
    runAs.handOver(temporary)
    await syncTree(temporary)
    await rename(temporary, directory)
    await syncDirectory(dirname(directory))
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** UTF-8 and the order of code points, which no update of the operating system can change. */
function initArguments(directory: string, major: number): string[] {
  const builtin = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  return [
    `--pgdata=${directory}`,
    `--username=${superuser}`,
    '--encoding=UTF8',
    ...(major >= 17 ? builtin : ['--locale=C.UTF-8']),
    // Until our own pg_hba.conf stands, nobody may log in.
    '--auth=reject',
    '--data-checksums',
    '--no-instructions',
    // We write everything to disk at the end, in a fifth of the time.
    '--no-sync',
  ]
}

function singleArguments(directory: string): string[] {
  // An error must end it, and must not repeat the statement, which holds a password.
  const settings = ['-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic']
  return ['--single', '-j', '-F', '-D', directory, ...settings, 'postgres']
}

/** The generated passwords hold letters, digits, `-` and `_` only. */
function firstStatements(passwords: Passwords): string[] {
  return [
    `alter role ${superuser} password '${passwords.superuser}'`,
    `create role ${owner} login createrole nosuperuser nocreatedb nobypassrls noreplication ` +
      `password '${passwords.owner}'`,
    `create database ${database} owner ${owner}`,
  ]
}

function configure(directory: string, passwords: Passwords): void {
  writeFileSync(join(directory, 'pg_hba.conf'), 'local all all scram-sha-256\n')
  appendFileSync(join(directory, 'postgresql.conf'), `\ninclude_if_exists = '${settingsFile}'\n`)
  const path = join(directory, passwordsFile)
  writeFileSync(path, `${JSON.stringify(passwords)}\n`, { mode: 0o600, flag: 'wx' })
}

function newPassword(): string {
  return randomBytes(24).toString('base64url')
}

function check(result: RunResult, step: string): void {
  if (result.ok) return
  throw new EmbeddedPostgresError(
    'postgres_init_failed',
    `creating the database failed in ${step}: ${result.output}`,
    `remove the cause and start again, nothing half made was left, or ${useDatabaseUrl}`,
  )
}

function checkOwner(directory: string, uid: number): void {
  const ours = process.getuid?.() ?? 0
  if (ours === 0 || ours === uid) return
  throw new EmbeddedPostgresError(
    'postgres_wrong_owner',
    `${directory} belongs to user ${uid}, and this is user ${ours}`,
    `run as user ${uid}, give the data directory to user ${ours}, or ${useDatabaseUrl}`,
  )
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
