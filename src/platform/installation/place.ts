// Where an installation's data is: what the operator's commands need of the settings, without
// those that only a start asks for.
import { type Config, ConfigError, readConfig } from '../config.ts'

export type Place = Pick<Config, 'dataDir' | 'databaseUrl' | 'masterKey' | 'masterKeyPrevious'>

/** Throws ConfigError. */
export function readPlace(env: Readonly<Record<string, string | undefined>>): Place {
  const { dataDir, masterKey, masterKeyPrevious } = readConfig({ ...env, DATABASE_URL: undefined })
  const databaseUrl = env.DATABASE_URL?.trim() || null
  if (databaseUrl !== null && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new ConfigError('DATABASE_URL', '(hidden)', 'a URL such as postgres://user@host/database')
  }
  return { dataDir, databaseUrl, masterKey, masterKeyPrevious }
}
