// Brings together what is said of a scan on the command line, in the environment, by the project
// and by the user.
import type { ProjectSettings } from '../gate/scanner/project/settings.ts'
import { noSettings, settingsFile } from '../gate/scanner/project/settings.ts'
import type { ProjectWord } from '../gate/scanner/project/word.ts'
import { prefixOf, readInherited } from '../gate/source/inherited.ts'
import { placeOf } from '../gate/source/place.ts'
import { findSettings } from '../gate/source/project.ts'
import {
  mergedRules,
  readProjectSettings,
  readUserSettings,
  resolveSettings,
  type ScanSettings,
  type SettingsInput,
  type SettingsSource,
} from './settings.ts'

export interface ScanProject {
  settings: ScanSettings
  /** For the scan itself. */
  word: ProjectWord
  /** The files that were read, the nearest first. */
  files: readonly SettingsSource[]
}

/** @throws {UsageError} for settings that are wrong; {Error} when there is no such folder */
export async function projectOf(
  root: string,
  { flags, env }: Pick<SettingsInput, 'flags' | 'env'>,
): Promise<ScanProject> {
  const { folder } = placeOf(root)
  const project = await readProjectSettings(findSettings(folder))
  const user = await readUserSettings(env)
  const files = [project, user].filter((file) => file !== null)
  const settings = resolveSettings({ flags, env, files })
  const prefix = project === null ? '' : prefixOf(project.folder, folder)
  const own = settings.exclude.origin === project?.path
  const { value: patterns } = settings.exclude
  const said: ProjectSettings = {
    scan: {
      ...noSettings.scan,
      exclude: own ? [...patterns] : patterns.map((pattern) => below(prefix, pattern)),
    },
    rules: mergedRules(files),
    ignores: project?.settings.ignores ?? [],
  }
  const settingsPath = project?.path ?? settingsFile
  const word = { settings: said, settingsPath, prefix, inherited: readInherited(folder) }
  return { settings, word, files }
}

/** A pattern that leads from the scanned folder, as one that leads from the settings' folder. */
function below(prefix: string, pattern: string): string {
  const [, not = '', body = ''] = /^(!?)(.*)$/s.exec(pattern) ?? []
  const anchored = body.replace(/\/+$/, '').includes('/')
  return anchored && prefix !== '' ? `${not}/${prefix}${body.replace(/^\//, '')}` : pattern
}
