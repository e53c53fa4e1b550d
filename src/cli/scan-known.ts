// What is known already, so that a scan tells only what is new: a baseline, and an earlier commit.
import { lstatSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { BaselineError, readBaseline, splitByBaseline } from '../gate/scanner/baseline.ts'
import type { Finding, Fingerprint } from '../gate/scanner/finding.ts'
import { readSmallFile } from '../gate/source/small-file.ts'
import type { Setting, SettingsSource } from './settings.ts'
import { UsageError } from './usage-error.ts'

export interface Known {
  /** As summaries call it. */
  name: string
  findings: readonly { ruleId: string; path: string | null; fingerprints: Fingerprint[] }[]
}

export interface Split {
  fresh: Finding[]
  /** How many of what is there each of the known ones knew. */
  known: { name: string; count: number; gone: number }[]
}

export function splitByKnown(findings: readonly Finding[], all: readonly Known[]): Split {
  const split: Split = { fresh: [...findings], known: [] }
  for (const { name, findings: entries } of all) {
    const { fresh, known, gone } = splitByBaseline(split.fresh, { findings: [...entries] })
    split.fresh = fresh
    split.known.push({ name, count: known.length, gone: gone.length })
  }
  return split
}

/**
 * A file of settings may only name one in its own folder: whoever wrote it need not be who scans.
 *
 * @throws {UsageError} when it cannot be read
 */
export async function openBaseline(
  { value: path, origin }: Setting<string>,
  files: readonly SettingsSource[],
): Promise<Known> {
  const source = files.find((file) => file.path === origin)
  const asked =
    source === undefined && origin.startsWith('--')
      ? `${origin} ${path}`
      : `${path}, the baseline of ${origin},`
  try {
    const text =
      source === undefined ? await readFile(path, 'utf8') : readWithin(source.folder, path)
    if (text !== null) return { name: 'the baseline', ...readBaseline(text) }
  } catch (error) {
    if (error instanceof BaselineError) throw new UsageError(`${path}: ${error.message}`)
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(
      `${asked} cannot be read: ${code}`,
      `Make it with: panthera scan --write-baseline ${path}`,
    )
  }
  throw new UsageError(
    `${asked} is no file of at most 64 MB in the folder of ${origin}`,
    'Links are not followed. To take another file: --baseline FILE',
  )
}

/** Null for what is outside of the folder, too large, or no regular file. */
function readWithin(folder: string, path: string): string | null {
  const outside = (from: string, to: string) => /^\.\.(?:\/|$)/.test(relative(from, to))
  if (outside(folder, path)) return null
  const place = realpathSync(dirname(path))
  if (outside(realpathSync(folder), place)) return null
  const file = join(place, basename(path))
  lstatSync(file)
  return readSmallFile(file, baselineBytesMax)
}

const baselineBytesMax = 64 << 20

export function knownSince(reference: string, findings: readonly Finding[]): Known {
  return {
    name: reference,
    findings: findings.map(({ ruleId, location, fingerprints }) => ({
      ruleId,
      path: location?.path ?? null,
      fingerprints,
    })),
  }
}
