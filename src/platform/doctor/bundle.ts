// One JSON file for whoever helps: what was examined, with which versions and settings. It can be
// read before it is sent, and holds no secret.
import { arch, cpus, freemem, release, totalmem, type } from 'node:os'
import { resolve } from 'node:path'
import { writeAtomic } from '../files.ts'
import { redactText } from '../redaction.ts'
import { describeSettings } from './described-settings.ts'
import type { Examination } from './index.ts'
import { knownSecrets, withoutSecrets } from './known-secrets.ts'
import { lastLogLines } from './log-lines.ts'
import { type Environment, readSettings } from './settings.ts'

/** Written whole (0600); replaces a file of that name. Throws what the file system says. */
export async function writeBundle(
  path: string,
  examination: Examination,
  env: Environment,
): Promise<void> {
  const { dataDir } = readSettings(env).config
  const { version, checks, facts } = examination
  const bundle = {
    bundle: 1,
    created_at: new Date().toISOString(),
    versions: { panthera: version, node: process.versions, system: `${type()} ${release()}` },
    machine: {
      arch: arch(),
      processors: cpus().length,
      memory_bytes: totalmem(),
      memory_free_bytes: freemem(),
    },
    settings: describeSettings(env),
    checks,
    database: facts,
    log: (await lastLogLines(dataDir)).map(redactText),
  }
  const clean = withoutSecrets(bundle, await knownSecrets(env, dataDir))
  await writeAtomic(resolve(path), `${JSON.stringify(clean, null, 2)}\n`)
}
