// The passphrase of a file with a private key: from the environment, where no list of processes
// shows it.
import { UsageError } from './usage-error.ts'

const variable = 'PANTHERA_PASSPHRASE'

export function newPassphrase(env: Readonly<Record<string, string | undefined>>): string {
  const given = env[variable] ?? ''
  // It goes to the server in a header.
  if (!/^[\x20-\x7e]*$/.test(given)) {
    throw new UsageError(`${variable} holds more than ASCII characters`, 'Use only those.')
  }
  if (given.length >= 8) return given
  throw new UsageError(`${variable} is not set`, 'Set it to at least 8 characters.')
}
