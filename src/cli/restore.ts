// `panthera restore FILE`: a backup into an empty installation, or only a look at whether it is
// whole.
import { defineCommand } from 'citty'
import type { Contents } from '../platform/backup/contents.ts'
import { checkBackup, type Restored, restoreBackup } from '../platform/backup/restore.ts'
import { masterKeyPath } from '../platform/installation/master-key.ts'
import { type Place, readPlace } from '../platform/installation/place.ts'
import { exitCodes } from './exit-codes.ts'
import { interruptible } from './interruption.ts'
import { databaseLog, explained } from './operator.ts'
import { knownPassphrase } from './passphrase.ts'
import { startProgress } from './progress.ts'
import { counted } from './terminal.ts'

export const restore = defineCommand({
  meta: { name: 'restore', description: 'Restore a backup into an empty installation' },
  args: {
    file: { type: 'positional', required: true, description: 'What panthera backup wrote' },
    check: {
      type: 'boolean',
      description: 'Restore nothing: only tell whether the file is whole and what is in it',
    },
  },
  run: ({ args }): Promise<number> =>
    explained(async () => {
      const place = readPlace(process.env)
      const passphrase = await knownPassphrase()
      const from = { path: args.file, passphrase }
      if (args.check) {
        const contents = await interruptible((signal) => checkBackup({ ...from, signal }))
        process.stderr.write(`${args.file} is whole: ${summary(contents)}\n`)
        return exitCodes.clean
      }
      const progress = startProgress({ stream: process.stderr })
      const restored = await interruptible((signal) =>
        restoreBackup({
          ...from,
          place,
          signal,
          log: databaseLog,
          onProgress: ({ at, rows }) =>
            progress.update({ label: `Restoring ${at}`, done: rows, total: null }),
        }),
      ).finally(progress.end)
      const where = place.databaseUrl === null ? place.dataDir : 'the database of DATABASE_URL'
      process.stderr.write(`Restored into ${where}: ${summary(restored)}\n`)
      process.stderr.write(`${nextStep(restored, place)}\n`)
      return exitCodes.clean
    }),
})

function summary({ manifest, end }: Contents): string {
  const rows = Object.values(end.rows).reduce((sum, count) => sum + count, 0)
  return (
    `${counted(rows, 'row')} in ${counted(manifest.tables.length, 'table')} and ` +
    `${counted(end.artefacts, 'artefact')} of ${manifest.created_at}, ` +
    `made by Panthera ${manifest.panthera} on PostgreSQL ${manifest.postgres}`
  )
}

function nextStep({ masterKeyState }: Restored, place: Place): string {
  const path = masterKeyPath(place.dataDir)
  const ownDatabase = place.databaseUrl !== null
  if (masterKeyState === 'present') return 'Its master key is there; start it with: panthera serve'
  if (masterKeyState === 'written') {
    return ownDatabase
      ? `Its master key is in ${path}: set PANTHERA_MASTER_KEY to it and delete that file`
      : `Its master key is in ${path}; start it with: panthera serve`
  }
  const set = 'set PANTHERA_MASTER_KEY to the key of the installation that was backed up'
  return ownDatabase
    ? `Before you start it ${set}`
    : `Before you start it copy that installation's master.key to ${path}, or ${set}`
}
