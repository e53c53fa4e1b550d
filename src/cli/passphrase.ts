// The passphrase of a backup: from the environment or typed unseen, never an argument, which every
// user of the machine could read.
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Interrupted } from './interruption.ts'
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

async function ask(question: string): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) {
    throw new UsageError(
      'a passphrase is needed, and there is no terminal to ask for it',
      `Set ${variable}; keep it where the backup is not, because nothing opens one without it.`,
    )
  }
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: unseen, terminal: true, historySize: 0 })
  // Only now is nothing shown of what is typed.
  stderr.write(question)
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('SIGINT', () => reject(new Interrupted('SIGINT')))
      lines.once('close', () => reject(new UsageError('no passphrase was typed')))
    })
  } finally {
    lines.close()
    stderr.write('\n')
  }
}
