// Looks at all settings at once, where a start stops at the first wrong one.
import { type Config, ConfigError, readConfig } from '../config.ts'
import { type Check, fail, pass } from './check.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface ReadSettings {
  /** With the default, or a stand-in, for each wrong setting. */
  config: Config
  /** Names of the settings that are wrong or missing. */
  wrong: ReadonlySet<string>
  checks: Check[]
}

export function readSettings(env: Environment): ReadSettings {
  const rest: Record<string, string | undefined> = { ...env }
  const checks: Check[] = []
  const wrong = new Set<string>()
  for (;;) {
    try {
      const config = readConfig(rest)
      const none = wrong.size === 0
      return {
        config,
        wrong,
        checks: none ? [pass('settings', 'every setting is accepted')] : checks,
      }
    } catch (error) {
      const name = error instanceof ConfigError ? /^\w+/.exec(error.message)?.[0] : undefined
      // What repeats itself would never end.
      if (name === undefined || wrong.has(name)) throw error
      wrong.add(name)
      checks.push(fail('settings', (error as Error).message, `change or unset ${name}`))
      rest[name] = standIns[name]
    }
  }
}

/** For what DATABASE_URL requires; nothing is ever done with them. */
const standIns: Readonly<Record<string, string>> = {
  PANTHERA_MASTER_KEY: Buffer.alloc(32).toString('base64'),
  PANTHERA_OWNER_EMAIL: 'owner@localhost',
  PANTHERA_OWNER_PASSWORD: 'x'.repeat(12),
}
