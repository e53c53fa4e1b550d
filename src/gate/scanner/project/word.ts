// What a project says of its findings, and from where: its own settings, and the files of other
// tools.
import type { Accepted } from '../inherited/accepted.ts'
import type { ProjectSettings } from './settings.ts'

export interface ProjectWord {
  settings: ProjectSettings
  /** As notes call it. */
  settingsPath: string
  /** From the settings' folder to the scanned one: `''`, or `services/shop/`. */
  prefix: string
  inherited: readonly InheritedFile[]
}

export interface InheritedFile {
  entries: readonly Accepted[]
  /** From the file's folder to the scanned one. */
  prefix: string
  /** Why it does not count as a whole. */
  problem?: string | null
}

/** Days as `2026-01-31`; null and undefined never end. */
export const isOver = (expires: string | null | undefined, today: string): boolean =>
  expires !== null && expires !== undefined && expires < today
