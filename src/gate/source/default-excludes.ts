// Folders that are left out unless everything is asked for: nobody wrote what lies in them, and
// the lock file beside them says what they hold.
import type { SourceSkipReason } from './skipped.ts'

/** Why a folder of this name is left out by default, or null. */
export function defaultExclusion(name: string): SourceSkipReason | null {
  return installed.has(name) ? 'dependencies' : null
}

/** Why a file is left out by default, for one of the folders above it, or null. */
export function exclusionByName(path: string): SourceSkipReason | null {
  const folders = path.split('/').slice(0, -1).map(defaultExclusion)
  return folders.find((reason) => reason !== null) ?? null
}

/**
 * The store of a version control system is no content of the project: it is never walked and not
 * even counted. `--history` looks into it.
 */
export const isVersionControl = (name: string): boolean => versionControl.has(name)

/**
 * Files that an installer leaves in the folder it fills; such a folder is left out where git does
 * not track it. Tracked, it is part of what the project ships, and scanned.
 */
export const installedMarkers: Readonly<Record<string, readonly string[]>> = {
  vendor: ['modules.txt', 'autoload.php', 'bundle'],
  venv: ['pyvenv.cfg'],
  env: ['pyvenv.cfg'],
}

const versionControl = new Set(['.git', '.hg', '.svn', '.jj', '.bzr'])

const installed = new Set([
  'node_modules',
  'bower_components',
  'jspm_packages',
  '.pnpm-store',
  '.venv',
  '__pycache__',
  '.tox',
  '.nox',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.gradle',
  '.terraform',
  '.next',
  '.nuxt',
  '.svelte-kit',
  '.parcel-cache',
  '.turbo',
])
