// What the scanned project says of its own scan: `panthera.yaml`, and what other tools were told.
import { lstatSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { pathMatcher } from '../scanner/project/path-pattern.ts'
import { readSettings } from '../scanner/project/read-settings.ts'
import { noSettings, SettingsError, settingsFile } from '../scanner/project/settings.ts'
import type { ProjectWord } from '../scanner/project/word.ts'
import { settle } from '../scanner/settle.ts'
import type { Git } from './git/environment.ts'
import { locateRepository } from './git/locate.ts'
import type { TreeFile } from './git/tree.ts'
import { prefixOf, readInherited, readInheritedOf, readTopFiles } from './inherited.ts'
import type { ScanOutcome } from './outcome.ts'
import { isTooLarge, readSmallFile } from './small-file.ts'

/** The nearest `panthera.yaml` from the folder up to the top of its repository; null without. */
export function findSettings(folder: string): string | null {
  const top = locateRepository(folder)?.top ?? folder
  for (let place = folder; ; place = dirname(place)) {
    const path = join(place, settingsFile)
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false) return path
    if (place === top || dirname(place) === place) return null
  }
}

/** @throws {SettingsError} for what is there and cannot be read: to pass it over would be silent */
export function readSettingsText(path: string, shown: string): string {
  const text = readSmallFile(path, settingsBytesMax)
  if (text !== null) return text
  const message = isTooLarge(path, settingsBytesMax)
    ? `it has over ${settingsBytesMax >> 20} MB, and no more are read`
    : 'it cannot be read: it must be a regular file, and no link'
  throw new SettingsError(message, { path: shown, line: 1 })
}

/** @throws {SettingsError} when the file is wrong */
export function readProject(folder: string): ProjectWord {
  const path = findSettings(folder)
  const inherited = readInherited(folder)
  if (path === null) return { ...unheard, inherited }
  const settingsPath = relative(folder, path) || settingsFile
  const settings = readSettings(readSettingsText(path, settingsPath), settingsPath)
  return { settings, settingsPath, prefix: prefixOf(dirname(path), folder), inherited }
}

/** A project that is not listened to: what holds for every scan still does. */
export const unheard: ProjectWord = {
  settings: noSettings,
  settingsPath: settingsFile,
  prefix: '',
  inherited: [],
}

const settingsBytesMax = 1 << 20

export interface ProjectOfTree {
  word: ProjectWord
  /** Why its settings do not count; null where they do, or there are none. */
  problem: string | null
}

/** Of the top of a tree. Settings that are wrong are none: nobody is there who could mend them. */
export async function readProjectOf(
  git: Git,
  files: readonly TreeFile[],
  at: { gitDir: string; signal?: AbortSignal | undefined },
): Promise<ProjectOfTree> {
  const inherited = await readInheritedOf(git, files, at)
  const texts = await readTopFiles(git, files, { ...at, names: [settingsFile] })
  const word = { ...unheard, inherited }
  const large = files.some(({ path, bytes }) => path === settingsFile && bytes > settingsBytesMax)
  if (large) return { word, problem: `${settingsFile} does not count: it has over 1 MB` }
  try {
    const settings = readSettings(texts.get(settingsFile) ?? '', settingsFile)
    return { word: { ...word, settings }, problem: null }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return { word, problem: `${settingsFile} does not count: ${error.message}` }
  }
}

/** Whether `scan.exclude` leaves a path of the scanned folder out; folders end with `/`. */
export function exclusionOf({ settings, prefix }: ProjectWord): (path: string) => boolean {
  const matcher = pathMatcher(settings.scan.exclude)
  return (path) => settings.scan.exclude.length > 0 && matcher.matches(prefix + path)
}

/** The outcome with the project's last word on it; `whole` if all of the project was scanned. */
export function settled(
  outcome: ScanOutcome,
  { word, problem = null, whole }: { word: ProjectWord; problem?: string | null; whole: boolean },
): ScanOutcome {
  const { engines, advisories } = outcome
  const everyRule = engines.length >= enginesAll
  const about = {
    today: today(),
    whole: whole && everyRule && word.prefix === '',
    compared: advisories.uncovered.length === 0 && advisories.selected === null,
    everyRule,
  }
  const { findings, suppressed, rules, notes } = settle(outcome, word, about)
  const coverage = { ...outcome.coverage, suppressed: suppressed.length }
  const problems = [problem, ...word.inherited.map((file) => file.problem ?? null)]
  const told = problems.filter((one) => one !== null)
  const all = [...outcome.notes, ...told, ...notes]
  return { ...outcome, findings, suppressed, rules, coverage, notes: all }
}

/** Code, dependencies, secrets and infrastructure. */
const enginesAll = 4
const today = () => new Date().toISOString().slice(0, 10)
