// Databases beside the application's, all owned by the same role.
import pg from 'pg'
import { isErrno } from '../files.ts'
import { database, owner, superuser } from './cluster.ts'
import { EmbeddedPostgresError } from './error.ts'
import { openSession } from './session.ts'

/** Resolves also where the database exists already, whatever it was made from. */
export async function createDatabase(
  socketDirectory: string,
  password: string,
  name: string,
  template?: string,
): Promise<void> {
  checkName(name)
  if (template !== undefined) checkForm(template)
  const from = template === undefined ? '' : ` template ${pg.escapeIdentifier(template)}`
  await inSession(socketDirectory, password, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [name])
    if (found.rowCount !== 0) return
    const statement = `create database ${pg.escapeIdentifier(name)} owner ${owner}${from}`
    await client.query(statement).catch((error: unknown) => {
      // Somebody else was faster: the name shows as either, by how close it was.
      if (!isErrno(error, '42P04') && !isErrno(error, '23505')) throw error
    })
  })
}

/** Closes the sessions that are in it; one that does not exist is no error. */
export async function dropDatabase(
  socketDirectory: string,
  password: string,
  name: string,
): Promise<void> {
  checkName(name)
  if (name === database) throw invalidName(name, "it is the application's own")
  await inSession(socketDirectory, password, async (client) => {
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
  })
}

async function inSession(
  socketDirectory: string,
  password: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const session = await openSession(socketDirectory, password)
  if (typeof session === 'string') {
    throw new EmbeddedPostgresError(
      'postgres_start_failed',
      `the database at ${socketDirectory} takes no sessions right now`,
      'try again when it runs',
    )
  }
  try {
    await work(session.client)
  } finally {
    await session.client.end()
  }
}

function checkForm(name: string): void {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) {
    throw invalidName(name, 'up to 63 lower-case letters, digits and _ are accepted')
  }
}

function checkName(name: string): void {
  checkForm(name)
  if (name === superuser || /^template[01]$/.test(name)) {
    throw invalidName(name, "it is PostgreSQL's own")
  }
}

function invalidName(name: string, reason: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres_invalid_database_name',
    `the database name ${JSON.stringify(name)} is not accepted: ${reason}`,
    'choose another name such as panthera_test_1',
  )
}
