// The passphrase of a file with a private key: from the environment, where no list of processes
// shows it.
import { UsageError } from './usage-error.ts'

const variable = 'PANTHERA_PASSPHRASE'

export function newPassphrase(env: Readonly<Record<string, string | undefined>>): string {
  const given = env[variable] ?? ''
  if (given.length >= 8) return given
  throw new UsageError(`${variable} is not set`, 'Set it to at least 8 characters.')
}
