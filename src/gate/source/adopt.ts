// Looks for what other tools were told to keep silent about, and writes it in our words.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Adoption, type LineEdit, planAdoption } from '../scanner/inherited/adoption.ts'
import { readForeign } from '../scanner/inherited/comments.ts'
import { markers } from '../scanner/inherited/marker.ts'
import { addIgnores } from '../scanner/project/add-ignores.ts'
import { settingsFile } from '../scanner/project/settings.ts'
import type { ProjectWord } from '../scanner/project/word.ts'
import { defaultCacheDirectory } from './cache/directory.ts'
import { defaultLimits, type ScanOptions } from './options.ts'
import { exclusionOf, findSettings } from './project.ts'
import { scanFolder } from './scan-folder.ts'
import { walk } from './walk.ts'

export interface AdoptionPlan extends Adoption {
  /** Marks that accept nothing that is found today. */
  unused: { path: string; line: number; source: string }[]
  /** The file that entries go into, from the root: the one that counts there, or a new one. */
  settings: string
}

export interface AdoptionOptions extends Pick<ScanOptions, 'engines' | 'onProgress' | 'signal'> {
  /** A folder. */
  root: string
  project: ProjectWord
}

/** @throws whatever `scanFolder` throws */
export async function planFor(options: AdoptionOptions): Promise<AdoptionPlan> {
  const { root, project, signal } = options
  const { suppressed } = await scanFolder({ ...options, cacheDir: defaultCacheDirectory() })
  const linesOf = (path: string) => readEditable(join(root, path))?.lines ?? null
  const plan = planAdoption(suppressed, linesOf, project.prefix)
  const settings = relative(root, findSettings(root) ?? join(root, settingsFile))
  const inherited = suppressed.filter(({ by }) => by === 'inherited')
  const used = new Set(
    inherited.map(({ finding, line, source }) => `${finding.location?.path}\0${line}\0${source}`),
  )
  const usedEntries = new Set(inherited.map(({ line, source }) => `${source}\0${line}`))
  const marks = await marksBelow(root, { project, signal })
  const entries = project.inherited.flatMap((file) => file.entries)
  return {
    ...plan,
    settings,
    unused: [
      ...marks.filter(({ path, line, source }) => !used.has(`${path}\0${line}\0${source}`)),
      ...entries
        .filter(({ source, line }) => !usedEntries.has(`${source}\0${line}`))
        .map(({ source, line }) => ({ path: source, line, source })),
    ],
  }
}

/**
 * Writes the plan; a file is either the whole new one or still the old one.
 *
 * @throws {SettingsError} before anything is written, where entries cannot be added
 */
export function writeAdoption(root: string, plan: AdoptionPlan): string[] {
  const { edits, ignores, settings } = plan
  const path = join(root, settings)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : null
  const added = ignores.length === 0 ? null : addIgnores(text, ignores)
  const byFile = new Map<string, LineEdit[]>()
  for (const edit of edits) byFile.set(edit.path, [...(byFile.get(edit.path) ?? []), edit])
  const written: string[] = []
  for (const [path, inFile] of byFile) {
    const file = readEditable(join(root, path))
    if (file === null) continue
    replaceFile(join(root, path), edited(file, inFile))
    written.push(path)
  }
  if (added !== null) {
    replaceFile(path, added)
    written.push(settings)
  }
  return written
}

interface Editable {
  lines: string[]
  end: string
}

/** Null for what is no UTF-8: what is written back must be what was read. */
function readEditable(path: string): Editable | null {
  const bytes = readFileSync(path)
  const text = bytes.toString('utf8')
  if (!Buffer.from(text, 'utf8').equals(bytes)) return null
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = text.split(end)
  // A file of both kinds of line ends has other lines than we count.
  return lines.some((line) => /[\r\n]/.test(line)) ? null : { lines, end }
}

function edited({ lines, end }: Editable, edits: readonly LineEdit[]): string {
  const byLine = new Map(edits.map((edit) => [edit.line, edit]))
  const written = lines.flatMap((line, index) => {
    const edit = byLine.get(index + 1)
    if (edit === undefined || edit.before !== line) return [line]
    return edit.above === null ? [edit.after] : [edit.above, edit.after]
  })
  return written.join(end)
}

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const mode = existsSync(path) ? statSync(path).mode : 0o644
  writeFileSync(temporary, text, { flag: 'wx', mode })
  renameSync(temporary, path)
}

async function marksBelow(
  root: string,
  { project, signal }: Pick<AdoptionOptions, 'project' | 'signal'>,
) {
  const excludes = exclusionOf(project)
  const walked = await walk({ root, ignore: true, excludes, limits: defaultLimits, signal })
  return walked.files.flatMap(({ path }) => {
    const text = readFileSync(join(root, path)).toString('latin1')
    if (!markers.some(({ needle }) => text.includes(needle))) return []
    return text.split('\n').flatMap((line, index) =>
      line.length > lineCharsMax
        ? []
        : readForeign(line, index + 1).map(({ marker }) => ({
            path,
            line: index + 1,
            source: marker.name,
          })),
    )
  })
}

const lineCharsMax = 4_096
