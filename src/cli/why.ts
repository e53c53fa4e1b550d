// `panthera why FILE[:LINE]`: why something is reported there, or why nothing is.
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { defineCommand } from 'citty'
import type { Finding } from '../gate/scanner/finding.ts'
import { type EngineName, engineNames } from '../gate/scanner/project/settings.ts'
import { engineNames as nameOf } from '../gate/scanner/report/engine-name.ts'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import type { Suppressed } from '../gate/scanner/suppressed.ts'
import { NoSuchFile, type Story, whyFile } from '../gate/source/why.ts'
import { interruptible } from './interruption.ts'
import { type Field, fields } from './page.ts'
import { projectOf, type ScanProject } from './project.ts'
import { format, printJson } from './remote.ts'
import { openBaseline, splitByKnown } from './scan-known.ts'
import { isAtOrAbove } from './scan-options.ts'
import type { ScanSettings } from './settings.ts'
import { counted } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export const why = defineCommand({
  meta: { name: 'why', description: 'Tell why something is reported in a file, or nothing' },
  args: {
    place: { type: 'positional', description: 'a file, or file:line', required: true },
    root: {
      type: 'string',
      valueHint: 'FOLDER',
      description: 'the folder that is scanned; this one where the file is in it',
    },
    format,
  },
  async run({ args }): Promise<void> {
    const { file, line } = readPlace(args.place)
    const root = args.root ?? rootOf(file)
    const { settings, word, files } = await projectOf(root, { flags: {}, env: process.env })
    const engines = Object.fromEntries(
      engineNames.map((name) => [name, settings.engines.value.includes(name)]),
    )
    const story = await interruptible((signal) =>
      whyFile({ root, file, line, engines, project: word, signal }),
    ).catch((error) => {
      if (!(error instanceof NoSuchFile)) throw error
      throw new UsageError(`${file} is no file that a scan of ${root} meets`)
    })
    if (line !== null && story.skipped === null) checkLine(file, line)
    const known = await knownIn(story, { settings, files })
    if (args.format === 'json') return printJson({ ...story, known })
    process.stdout.write(withoutCommands(`${pageOf(story, { line, known, settings })}\n`))
  },
})

function readPlace(place: string): { file: string; line: number | null } {
  const [, file = place, line] = /^(.+):(\d+)(?::\d+)?$/.exec(place) ?? []
  return { file, line: line === undefined ? null : Number(line) }
}

/** @throws {UsageError} for a line that the file does not have */
function checkLine(file: string, line: number): void {
  const texts = readFileSync(file, 'utf8').split('\n')
  // Editors count the empty line after the last line break, so it may be asked about.
  if (line >= 1 && line <= texts.length) return
  const count = texts.at(-1) === '' ? texts.length - 1 : texts.length
  throw new UsageError(`${file} has no line ${line}: it has ${counted(count, 'line')}`)
}

function rootOf(file: string): string {
  try {
    const inside = relative(process.cwd(), realpathSync(file))
    return inside.startsWith('..') ? dirname(file) : '.'
  } catch {
    throw new UsageError(`${file} does not exist`)
  }
}

async function knownIn(
  { findings }: Story,
  { settings: { baseline }, files }: Pick<ScanProject, 'settings' | 'files'>,
): Promise<Finding[]> {
  if (baseline.value === null) return []
  const known = await openBaseline({ ...baseline, value: baseline.value }, files)
  const { fresh } = splitByKnown(findings, [known])
  return findings.filter((finding) => !fresh.includes(finding))
}

interface Told {
  line: number | null
  known: readonly Finding[]
  settings: ScanSettings
}

function pageOf(story: Story, { line, known, settings }: Told): string {
  const place = line === null ? story.path : `${story.path}:${line}`
  const { failOn, engines } = settings
  const counting = (finding: Finding) => isAtOrAbove(finding.severity, failOn.value)
  const shown = story.findings.filter((finding) => !known.includes(finding))
  const below = shown.filter((finding) => !counting(finding))
  const page: Field[] = [
    ['Looked at', lookedAt(story)],
    ...(story.skipped === null ? [['Read by', readBy(story, engines)] satisfies Field] : []),
    ...some('Cut short', story.incomplete === null ? [] : [story.incomplete]),
    ...some('Found', shown.map(describe)),
    ...some('Set aside', story.suppressed.map(describeSuppressed)),
    ...some('Known', known.map(describe)),
    ...some('Switched off', story.off.map(describe)),
    ...some('Not accepted', story.misses),
    ...some('Told by engines', story.traces),
    ...some(
      'Below threshold',
      below.length === 0
        ? []
        : [`${below.length} of what was found do not change the exit code (${failOn.value})`],
    ),
  ]
  const silent = story.skipped === null && shown.length === 0
  const all = silent ? [...page, ['Found', 'nothing that is reported'] satisfies Field] : page
  return `${place}\n\n${fields(all)}`
}

const some = (label: string, lines: readonly string[]): Field[] =>
  lines.length === 0 ? [] : [[label, lines]]

function lookedAt({ skipped, reduced, path }: Story): string {
  if (skipped !== null) {
    const where = skipped.path === path ? '' : ` (${skipped.path})`
    return `no: ${meanings[skipped.reason] ?? skipped.reason}${where}`
  }
  return reduced === null
    ? 'yes'
    : `in part: it is ${reduced}, so only secrets of known shapes are told`
}

/** What the reasons of a scan mean; others say it themselves. */
const meanings: Readonly<Record<string, string>> = {
  gitignore: 'a .gitignore names it, and git does not track it',
  pantheraignore: 'a .pantheraignore names it',
  excluded: 'scan.exclude names it',
  dependencies: 'it is installed, not written, and the lock file beside it is looked at',
  symlink: 'it is a link, and links are not followed',
  special: 'it is no regular file',
  'too-large': 'it is larger than what is read',
  'too-deep': 'it lies below more folders than are entered',
  'too-many': 'there are more files than are looked at',
  unreadable: 'it cannot be read',
  binary: 'it is no text',
  generated: 'Panthera wrote it',
}

function readBy({ readers }: Story, { value }: ScanSettings['engines']): string[] {
  const lines = readers.map(({ scanType, rules }) => {
    const count = rules.length === 0 ? 'advisories' : `${rules.length} rules`
    return `${nameOf[scanType]} (${count})`
  })
  const read = new Set(readers.map(({ scanType }) => nameOf[scanType]))
  const others = engineNames.filter((name: EngineName) => value.includes(name) && !read.has(name))
  const off = engineNames.filter((name) => !value.includes(name))
  return [
    lines.join(', ') || 'nobody',
    ...(others.length === 0 ? [] : [`not for such files: ${others.join(', ')}`]),
    ...(off.length === 0 ? [] : [`switched off: ${off.join(', ')}`]),
  ]
}

function describe({ location, severity, ruleId, title }: Finding): string {
  return `${location?.line ?? ''}:${location?.column ?? ''}  ${severity}  ${ruleId}: ${title}`
}

function describeSuppressed({ finding, source, reason, line, expires }: Suppressed): string {
  const where = line === undefined ? '' : ` on line ${line}`
  const until = expires === undefined ? '' : `, until ${expires}`
  const because = reason === null ? ', no reason given' : `: ${reason}`
  return `${describe(finding)}  by ${source}${where}${until}${because}`
}
