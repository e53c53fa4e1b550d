// `panthera user release EMAIL`: gives an address back to whom it belongs, where a stranger made an
// account with it first.
import { defineCommand } from 'citty'
import { type Released, RescueRefused, releaseAddress } from '../identity/users/rescue.ts'
import { withInstallation } from '../platform/installation/open.ts'
import { readPlace } from '../platform/installation/place.ts'
import { exitCodes } from './exit-codes.ts'
import { databaseLog, explained } from './operator.ts'
import { format, printJson } from './remote.ts'
import { counted, printable } from './terminal.ts'
import { UsageError } from './usage-error.ts'

const release = defineCommand({
  meta: { name: 'release', description: 'Take an address from the account that has it' },
  args: {
    email: { type: 'positional', required: true, description: 'The address' },
    from: {
      type: 'string',
      description: 'Ids of all organizations that the account is in; told where it is missing',
    },
    format,
  },
  run: ({ args }): Promise<number> =>
    explained(async () => {
      const place = readPlace(process.env)
      const from = (args.from ?? '').split(',').flatMap((id) => id.trim() || [])
      const wanted = { email: args.email, from }
      let released: Released
      try {
        released = await withInstallation(place, databaseLog, (db) => releaseAddress(db, wanted))
      } catch (error) {
        if (!(error instanceof RescueRefused)) throw error
        throw new UsageError(printable(error.message), `${printable(error.fix)}.`)
      }
      const { email, renamed, sessionsEnded } = released
      if (args.format === 'json') printJson({ email, renamed, sessions_ended: sessionsEnded })
      else {
        process.stdout.write(
          `${printable(email)} is free: its account is now ${renamed}, ` +
            `${counted(sessionsEnded, 'session')} ended\n`,
        )
      }
      return exitCodes.clean
    }),
})

export const user = defineCommand({
  meta: {
    name: 'user',
    description: 'Put addresses of accounts right, on the machine of the server',
  },
  subCommands: { release },
})
