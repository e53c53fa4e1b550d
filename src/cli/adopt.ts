// `panthera adopt`: makes what other tools were told to keep silent about our own.
import { defineCommand } from 'citty'
import { SettingsError } from '../gate/scanner/project/settings.ts'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import { type AdoptionPlan, planFor, writeAdoption } from '../gate/source/adopt.ts'
import { placeOf } from '../gate/source/place.ts'
import { interruptible } from './interruption.ts'
import { startProgress } from './progress.ts'
import { projectOf } from './project.ts'
import { format, printJson } from './remote.ts'
import { counted, printable } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export const adopt = defineCommand({
  meta: { name: 'adopt', description: 'Turn suppressions of other tools into our own' },
  args: {
    path: { type: 'positional', default: '.', description: 'A folder' },
    write: { type: 'boolean', description: 'edit the files; without it they are only told' },
    format,
  },
  async run({ args }): Promise<void> {
    const { folder, only } = placeOf(args.path)
    if (only !== null) throw new UsageError(`${args.path} is a file: name its folder`)
    const { word } = await projectOf(folder, { flags: {}, env: process.env })
    const progress = startProgress({ stream: process.stderr })
    const plan = await interruptible((signal) =>
      planFor({
        root: folder,
        project: word,
        signal,
        onProgress: ({ files_done: done, files_total: total }) =>
          progress.update({ label: 'Scanning', done, total }),
      }),
    ).finally(() => progress.end())
    const written = args.write ? write(folder, plan) : []
    if (args.format === 'json') return printJson({ ...plan, written })
    process.stdout.write(withoutCommands(linesOf(plan, written, args.write === true).join('\n')))
    process.stdout.write('\n')
  },
})

function write(folder: string, plan: AdoptionPlan): string[] {
  try {
    return writeAdoption(folder, plan)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    throw new UsageError(`nothing is written: ${error.message}`)
  }
}

function linesOf(plan: AdoptionPlan, written: readonly string[], write: boolean): string[] {
  const { edits, ignores, unused, settings } = plan
  const shown = [
    ...edits.flatMap(({ path, line, before, after, above }) => [
      `${printable(path)}:${line}`,
      ...(above === null ? [] : [`  + ${printable(above)}`]),
      ...(after === before
        ? [`    ${printable(before)}`]
        : [`  - ${printable(before)}`, `  + ${printable(after)}`]),
    ]),
    ...(ignores.length === 0 ? [] : [printable(settings)]),
    ...ignores.map((ignore) => {
      const said = Object.entries(ignore).filter(([, value]) => value !== undefined)
      return `  + ${said.map(([name, value]) => `${name}: ${printable(String(value))}`).join(', ')}`
    }),
    ...(unused.length === 0
      ? []
      : ['Left as they are, because they accept nothing that is found:']),
    ...unusedLines(unused),
  ]
  const entries = counted(ignores.length, 'entry', 'entries')
  const what = `${counted(edits.length, 'comment')} and ${entries}`
  if (edits.length + ignores.length === 0) return [...shown, 'There is nothing to adopt.']
  if (write) return [...shown, '', `Written: ${what} in ${counted(written.length, 'file')}.`]
  return [...shown, '', `${what} to write: panthera adopt --write`]
}

/** One line per file and tool: files of other tools may hold a thousand. */
function unusedLines(unused: AdoptionPlan['unused']): string[] {
  const byFile = new Map<string, number[]>()
  for (const { path, line, source } of unused) {
    const key = path === source ? path : `${path}  ${source}`
    byFile.set(key, [...(byFile.get(key) ?? []), line])
  }
  return [...byFile].map(([key, lines]) => {
    const shown = lines.slice(0, linesShown).join(', ')
    const left = lines.length - linesShown
    const word = lines.length === 1 ? 'line' : 'lines'
    return `  ${printable(key)}  ${word} ${shown}${left > 0 ? ` and ${left} more` : ''}`
  })
}

const linesShown = 10
