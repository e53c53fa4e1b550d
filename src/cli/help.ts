// Help texts: examples first, because most readers want one of them.
import type { ArgDef, ArgsDef, CommandDef } from 'citty'
import { wrap } from '../gate/scanner/report/layout.ts'
import { type CommandEntry, commands } from './commands.ts'
import { widthOf } from './terminal.ts'

/** What `panthera --help` prints. */
export function mainHelp(): string {
  const [scan, ...others] = commands.map(({ examples }) => examples)
  const examples = [...(scan ?? []).slice(0, 4), ...others.flatMap((few) => few.slice(0, 1))]
  return sections([
    'Panthera, a platform for software trust on your own machines.',
    titled('Examples', columns(examples)),
    titled('Commands', columns(commands.map(({ name, summary }) => [name, summary]))),
    titled('Exit codes', columns(exitCodeRows)),
    'panthera <command> --help tells everything about a command.',
  ])
}

/** What `panthera <command> --help` prints; `path` is the command with its sub-command. */
export function commandHelp(entry: CommandEntry, path: string, command: Described): string {
  const { args, subCommands } = command
  const isTop = path === entry.name
  return sections([
    `${isTop ? entry.summary : command.description}.`,
    ...(isTop ? [titled('Examples', columns(entry.examples))] : []),
    titled('Usage', `  ${usageOf(path, command)}`),
    ...(subCommands.length > 0 ? [titled('Commands', columns(subCommands))] : []),
    ...optionSections(args, isTop ? (entry.groups ?? []) : []),
    ...(entry.name === 'scan' ? [titled('Exit codes', columns(exitCodeRows))] : []),
  ])
}

/** The parts of a citty command that are said here, which citty may compute. */
export interface Described {
  description: string
  args: ArgsDef
  subCommands: (readonly [name: string, description: string])[]
}

export async function describe(command: CommandDef): Promise<Described> {
  const nested = Object.entries((await resolved(command.subCommands)) ?? {})
  return {
    description: (await resolved(command.meta))?.description ?? '',
    args: (await resolved(command.args)) ?? {},
    subCommands: await Promise.all(
      nested.map(async ([name, sub]) => {
        const meta = await resolved((await resolved(sub))?.meta)
        return [name, meta?.description ?? ''] as const
      }),
    ),
  }
}

/** citty takes a value, a promise, or a function that gives either. */
export async function resolved<T>(
  value: T | Promise<T> | (() => T | Promise<T>) | undefined,
): Promise<T | undefined> {
  return value instanceof Function ? value() : value
}

const exitCodeRows: Row[] = [
  ['0', 'nothing found, or nothing at or above --fail-on'],
  ['1', 'findings at or above --fail-on'],
  ['2', 'wrong usage or configuration'],
  ['3', 'an internal failure; with --strict also an incomplete scan'],
  ['4', 'authentication needed'],
  ['5', 'the server cannot be reached'],
]

type Row = readonly [left: string, right: string]

const sections = (parts: readonly string[]) => `${parts.join('\n\n')}\n`
const titled = (title: string, body: string) => `${title}\n${body}`

/** What is right is wrapped in its column; where that would be too narrow, it has its own lines. */
function columns(rows: readonly Row[], leftMax = leftColumnMax): string {
  const longest = Math.max(...rows.map(([left]) => left.length))
  const margin = Math.min(longest, leftMax) + 4
  const width = widthOf(process.stdout)
  return rows
    .flatMap(([left, right]) => {
      const lines = right === '' ? [''] : wrap(right, { width, indent: ' '.repeat(margin) })
      const [first = '', ...rest] = lines
      if (left.length > margin - 4) return [`  ${left}`, ...lines]
      return [`  ${left.padEnd(margin - 2)}${first.slice(margin)}`.trimEnd(), ...rest]
    })
    .join('\n')
}

const leftColumnMax = 42
/** Values may be long lists. */
const optionColumnMax = 26

function usageOf(path: string, { args, subCommands }: Described): string {
  const positionals = Object.entries(args).filter(([, { type }]) => type === 'positional')
  const places = positionals.map(([name, { required, default: value, valueHint }]) => {
    const shown = valueHint ?? name.toUpperCase()
    return required === false || value !== undefined ? `[${shown}]` : shown
  })
  const middle = subCommands.length > 0 ? ['<command>'] : places
  return ['panthera', path, ...middle, '[options]'].join(' ')
}

/** Options under the titles that the command gives them; the others, and help, come last. */
function optionSections(args: ArgsDef, groups: NonNullable<CommandEntry['groups']>): string[] {
  if (Object.keys(args).length === 0) return []
  const options = Object.entries(args).filter(([, { type }]) => type !== 'positional')
  const grouped = new Set(groups.flatMap(([, names]) => names))
  const rowsOf = (wanted: (name: string) => boolean) =>
    options.filter(([name]) => wanted(name)).map(([name, one]) => optionRow(name, one))
  return [
    ...groups.map(([title, names]) =>
      titled(
        title,
        columns(
          rowsOf((name) => names.includes(name)),
          optionColumnMax,
        ),
      ),
    ),
    titled('Options', columns([...rowsOf((name) => !grouped.has(name)), helpRow], optionColumnMax)),
  ]
}

const helpRow: Row = ['--help', 'show this']

function optionRow(name: string, definition: ArgDef): Row {
  const { type, default: value, description = '' } = definition
  if (type === 'boolean') {
    const negative =
      'negativeDescription' in definition ? definition.negativeDescription : undefined
    return value === true ? [`--no-${name}`, negative ?? ''] : [`--${name}`, description]
  }
  const options = 'options' in definition ? definition.options?.join('|') : undefined
  const hint = definition.valueHint ?? options ?? name.toUpperCase()
  return [`--${name} ${hint}`, value === undefined ? description : `${description} [${value}]`]
}
