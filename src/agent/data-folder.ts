// The agent's own folder: whoever writes into it decides who the agent is and what it undoes.
import { stat } from 'node:fs/promises'
import { privateDirectory } from '../platform/files.ts'
import { ConfigurationError } from './configuration.ts'

const othersMayWrite = 0o022

/** Makes it where there is none. @throws {ConfigurationError} where others may write into it. */
export async function openDataFolder(data: string): Promise<void> {
  await privateDirectory(data)
  const { mode, uid } = await stat(data)
  const own = process.getuid?.()
  if (own !== undefined && uid !== own) {
    throw new ConfigurationError(`data: ${data} belongs to another user than runs this: chown it`)
  }
  if (own !== undefined && (mode & othersMayWrite) !== 0) {
    throw new ConfigurationError(`data: ${data} can be written by others: chmod 700`)
  }
}
