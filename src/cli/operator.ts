// What the operator's commands share, which work on an installation itself: its settings, and its
// known failures in one line.
import { BackupError } from '../platform/backup/error.ts'
import { ConfigError } from '../platform/config.ts'
import { InvalidMasterKey } from '../platform/master-key.ts'
import { MigrationError } from '../platform/migrate.ts'
import { EmbeddedPostgresError } from '../platform/postgres/index.ts'
import { UsageError } from './usage-error.ts'

/** Throws UsageError for what the operator can put right, and anything else as it is. */
export async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BackupError || error instanceof EmbeddedPostgresError) {
      throw new UsageError(error.message, sentence(error.fix))
    }
    const isPlain = [ConfigError, InvalidMasterKey, MigrationError].some(
      (known) => error instanceof known,
    )
    if (error instanceof Error && isPlain) throw new UsageError(error.message)
    if (error instanceof Error && isUnreachable(error)) {
      const hint = 'Check its host, user, password and name of the database.'
      throw new UsageError(`DATABASE_URL does not lead to a database (${error.message})`, hint)
    }
    if (error instanceof Error && codeOf(error) === insufficientPrivilege) {
      const hint = 'panthera doctor tells what the user of DATABASE_URL lacks.'
      throw new UsageError(`the database refuses it (${error.message})`, hint)
    }
    throw error
  }
}

/** What the embedded database says while it starts; seldom of use. */
export function databaseLog(line: string): void {
  if (process.env.PANTHERA_LOG_LEVEL === 'debug') process.stderr.write(`${line}\n`)
}

/** Errors of the network, and PostgreSQL's codes for a refused login and an unknown database. */
const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN'].concat([
  '28P01',
  '28000',
  '3D000',
  '53300',
  '57P03',
])

const insufficientPrivilege = '42501'

function isUnreachable(error: Error): boolean {
  return unreachable.includes(codeOf(error))
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
