// The number of a group of this host, by its name.
import { readFile } from 'node:fs/promises'
import { ConfigurationError } from './configuration.ts'

/** @throws {ConfigurationError} where there is none of that name. */
export async function groupId(name: string, file = '/etc/group'): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '')
  for (const line of text.split('\n')) {
    const [group, , id] = line.split(':')
    if (group === name && id !== undefined && /^\d+$/.test(id)) return Number(id)
  }
  throw new ConfigurationError(`deploy.keyGroup: this host has no group "${name}" in ${file}`)
}
