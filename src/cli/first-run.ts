// `panthera first-run`: shows or deletes what the first start left for its owner.
import { defineCommand } from 'citty'
import { readConfig } from '../platform/config.ts'
import {
  clearFirstRun,
  DamagedFirstRun,
  type FirstRunFile,
  firstRunPath,
  readFirstRun,
} from '../platform/first-run-file.ts'
import { exitCodes } from './exit-codes.ts'

export const firstRun = defineCommand({
  meta: { name: 'first-run', description: 'Show or delete the credentials of the first start' },
  args: {
    clear: { type: 'boolean', description: 'Delete first-run.json; keep its keys elsewhere first' },
  },
  async run({ args }): Promise<number> {
    const { dataDir } = readConfig({ ...process.env, DATABASE_URL: undefined })
    if (args.clear) {
      const existed = await clearFirstRun(dataDir)
      process.stderr.write(existed ? 'first-run.json is deleted\n' : 'there is no first-run.json\n')
      return exitCodes.clean
    }
    let content: FirstRunFile | null
    try {
      content = await readFirstRun(dataDir)
    } catch (error) {
      if (!(error instanceof DamagedFirstRun)) throw error
      process.stderr.write(`panthera: ${error.message}: ${remedy}\n`)
      return exitCodes.usage
    }
    if (content === null) {
      process.stderr.write(
        `${firstRunPath(dataDir)} does not exist: start once, or it was cleared\n`,
      )
      return exitCodes.usage
    }
    process.stdout.write(`${JSON.stringify(content, null, 2)}\n`)
    return exitCodes.clean
  },
})

const remedy = 'take it from a backup, or remove it with: panthera first-run --clear'
