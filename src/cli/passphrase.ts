// The passphrase of a backup: from the environment or typed unseen, never an argument, which every
// user of the machine could read.
import { ask as askAnything } from './prompt.ts'
import { UsageError } from './usage-error.ts'

const variable = 'PANTHERA_BACKUP_PASSPHRASE'
const charactersMin = 12

/** For a new backup: typed twice, and long enough. Throws UsageError. */
export async function newPassphrase(): Promise<string> {
  const given = process.env[variable]
  const passphrase = given || (await ask('Passphrase for the backup: '))
  if ([...passphrase].length < charactersMin) {
    throw new UsageError(
      `the passphrase is too short: at least ${charactersMin} characters are needed`,
      'Make one with: openssl rand -base64 24',
    )
  }
  if (!given && (await ask('Once more: ')) !== passphrase) {
    throw new UsageError('the two passphrases are not the same')
  }
  return passphrase
}

/** Of a backup that there is. Throws UsageError. */
export async function knownPassphrase(): Promise<string> {
  return process.env[variable] || (await ask('Passphrase of the backup: '))
}

function ask(text: string): Promise<string> {
  return askAnything({
    text,
    shown: false,
    without: {
      message: 'a passphrase is needed, and there is no terminal to ask for it',
      hint: `Set ${variable}; keep it where the backup is not: nothing opens one without it.`,
    },
  })
}
