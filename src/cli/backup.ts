// `panthera backup FILE`: the whole installation in one encrypted file.
import { defineCommand } from 'citty'
import { type Created, createBackup } from '../platform/backup/create.ts'
import { readPlace } from '../platform/installation/place.ts'
import { exitCodes } from './exit-codes.ts'
import { interruptible } from './interruption.ts'
import { databaseLog, explained } from './operator.ts'
import { newPassphrase } from './passphrase.ts'
import { startProgress } from './progress.ts'
import { counted } from './terminal.ts'

export const backup = defineCommand({
  meta: { name: 'backup', description: 'Write the whole installation into one encrypted file' },
  args: {
    file: { type: 'positional', required: true, description: 'Where to; replaced if it exists' },
    'include-master-key': {
      type: 'boolean',
      description:
        'Put the master key in, too; without it what it seals (tokens of connections, secrets of ' +
        'webhooks and evidence) opens only where the same PANTHERA_MASTER_KEY is set',
    },
  },
  run: ({ args }): Promise<number> =>
    explained(async () => {
      const place = readPlace(process.env)
      const passphrase = await newPassphrase()
      const includeMasterKey = args['include-master-key'] === true
      const progress = startProgress({ stream: process.stderr })
      const created = await interruptible((signal) =>
        createBackup({
          place,
          path: args.file,
          passphrase,
          includeMasterKey,
          signal,
          log: databaseLog,
          onProgress: ({ at, rows }) =>
            progress.update({ label: `Backing up ${at}`, done: rows, total: null }),
        }),
      ).finally(progress.end)
      return tell(created, { file: args.file, includeMasterKey, dataDir: place.dataDir })
    }),
})

function tell(
  { bytes, rows, artefacts, missing }: Created,
  { file, includeMasterKey, dataDir }: { file: string; includeMasterKey: boolean; dataDir: string },
): number {
  const what = `${counted(rows, 'row')} and ${counted(artefacts, 'artefact')}`
  const key = includeMasterKey
    ? 'The master key is in it: whoever has the file and the passphrase has every secret.'
    : 'The master key is not in it: keep it, too (PANTHERA_MASTER_KEY, or master.key in the data ' +
      'directory).'
  process.stderr.write(`${file}: ${what}, ${counted(bytes, 'byte')}, encrypted\n${key}\n`)
  if (missing.length === 0) return exitCodes.clean
  process.stderr.write(
    `panthera: the backup lacks ${counted(missing.length, 'artefact')} that rows refer to, such ` +
      `as ${missing[0]}: missing or damaged in ${dataDir}. Where that is not the data directory, ` +
      'set PANTHERA_DATA_DIR and back up again.\n',
  )
  return exitCodes.internal
}
