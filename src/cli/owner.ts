// `panthera owner reset EMAIL`: the way back for an owner whom nobody else can let in.
import { defineCommand } from 'citty'
import { type Rescued, RescueRefused, resetOwner } from '../identity/users/rescue.ts'
import { strikePassword } from '../platform/first-run-file.ts'
import { withInstallation } from '../platform/installation/open.ts'
import { readPlace } from '../platform/installation/place.ts'
import { exitCodes } from './exit-codes.ts'
import { databaseLog, explained } from './operator.ts'
import { format, printJson } from './remote.ts'
import { counted, printable } from './terminal.ts'
import { UsageError } from './usage-error.ts'

const reset = defineCommand({
  meta: { name: 'reset', description: 'Give an owner a new password, shown this once' },
  args: {
    email: { type: 'positional', required: true, description: 'The address of the account' },
    'disable-2fa': {
      type: 'boolean',
      description: 'Ask for no code at the login until an app is enrolled anew',
    },
    format,
  },
  run: ({ args }): Promise<number> =>
    explained(async () => {
      const place = readPlace(process.env)
      const wanted = { email: args.email, disableTwoFactor: args['disable-2fa'] === true }
      const rescued = await refusable(() =>
        withInstallation(place, databaseLog, (db) => resetOwner(db, wanted)),
      )
      // Where the file cannot be read, the password in it opens nothing all the same.
      await strikePassword(place.dataDir, rescued.email).catch(() => false)
      if (args.format === 'json') printJson(shown(rescued))
      else print(rescued)
      return exitCodes.clean
    }),
})

export const owner = defineCommand({
  meta: { name: 'owner', description: 'Let an owner back in, on the machine of the server' },
  subCommands: { reset },
})

async function refusable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof RescueRefused)) throw error
    throw new UsageError(printable(error.message), `${printable(error.fix)}.`)
  }
}

function shown({ email, password, sessionsEnded, secondStep }: Rescued) {
  return { email, password, sessions_ended: sessionsEnded, second_step: secondStep }
}

function print({ email, password, places, sessionsEnded, secondStep }: Rescued): void {
  const where = places.map(({ name, role }) => `${role} of ${name}`).join(', ')
  const step = secondStep ? 'A code is still asked; --disable-2fa takes that away.\n' : ''
  process.stderr.write(
    `${printable(email)}, ${printable(where)}: ${counted(sessionsEnded, 'session')} ended.\n` +
      `${step}Keys and clients go on. The new password is shown this once; choose another one:\n`,
  )
  process.stdout.write(`${password}\n`)
}
