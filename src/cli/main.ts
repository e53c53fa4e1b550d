// The command line: finds the command, checks what was typed, and turns every ending, also a bad
// one, into an exit code and a last line on stderr that tells why.
import type { CommandDef } from 'citty'
import { didYouMean } from '../gate/scanner/project/did-you-mean.ts'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import { checkArguments } from './arguments.ts'
import { type CommandEntry, commands } from './commands.ts'
import { exitCodes } from './exit-codes.ts'
import { commandHelp, describe, mainHelp, resolved } from './help.ts'
import { Interrupted } from './interruption.ts'
import { printable } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** Runs the command that `argv` names, without the program's own name; never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  // A reader that went away (`| head`) is nobody's failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  try {
    if (name === undefined || ['--help', '-h'].includes(name)) return print(mainHelp())
    if (['--version', '-v', 'version'].includes(name)) return await printVersion()
    if (name !== 'help') return await run(findEntry(name), rest)
    if (rest[0] === undefined) return print(mainHelp())
    return await run(findEntry(rest[0]), [...rest.slice(1), '--help'])
  } catch (error) {
    return explain(error, name)
  }
}

async function run(entry: CommandEntry, raw: readonly string[]): Promise<number> {
  const { command, path, rest } = await narrow(await entry.load(), entry.name, raw)
  const described = await describe(command)
  const end = rest.indexOf('--')
  const wantsHelp = rest.slice(0, end === -1 ? rest.length : end).some(isHelp)
  if (wantsHelp) return print(commandHelp(entry, path, described))
  if (described.subCommands.length > 0) {
    const names = described.subCommands.map(([name]) => name)
    throw unknown('command', rest[0], { path: `${path} `, names })
  }
  checkArguments(described.args, rest)
  const { runCommand } = await import('citty')
  const { result } = await runCommand(command, { rawArgs: [...rest] })
  return typeof result === 'number' ? result : exitCodes.clean
}

const isHelp = (arg: string) => arg === '--help' || arg === '-h'

function findEntry(name: string): CommandEntry {
  const entry = commands.find((each) => each.name === name)
  if (entry !== undefined) return entry
  throw unknown(name.startsWith('-') ? 'option' : 'command', name, {
    path: '',
    names: commands.map((each) => each.name),
  })
}

/** Follows the names of sub-commands as far as they go. */
async function narrow(command: CommandDef, path: string, rest: readonly string[]) {
  const nested = await resolved(command.subCommands)
  const [name = ''] = rest
  const next = nested && Object.hasOwn(nested, name) ? await resolved(nested[name]) : undefined
  if (next === undefined) return { command, path, rest }
  return narrow(next, `${path} ${name}`, rest.slice(1))
}

function unknown(
  what: string,
  typed: string | undefined,
  { path, names }: { path: string; names: readonly string[] },
): UsageError {
  const message =
    typed === undefined
      ? `panthera ${path}needs a command`
      : `unknown ${what} "${path}${typed}"${didYouMean(typed, names)}`
  return new UsageError(message, `Commands: ${names.join(', ')}.`)
}

function print(text: string): number {
  process.stdout.write(text)
  return exitCodes.clean
}

async function printVersion(): Promise<number> {
  const { packageVersion } = await import('../gate/source/package.ts')
  return print(`panthera ${await packageVersion()}\n`)
}

function explain(error: unknown, command: string | undefined): number {
  if (error instanceof Interrupted) return error.exitCode
  const refused = error instanceof Error && error.name === 'CLIError'
  if (error instanceof UsageError || refused) {
    const hint = error instanceof UsageError ? error.hint : null
    const known = commands.some(({ name }) => name === command)
    const more = `Try: panthera ${known ? `${command} ` : ''}--help`
    complain(`panthera: ${error.message}\n${hint === null ? '' : `${hint}\n`}${more}\n`)
    return exitCodes.usage
  }
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
  complain(`${told}\npanthera: internal failure, exit ${exitCodes.internal}\n`)
  return exitCodes.internal
}

/** Messages may hold names out of a repository. */
function complain(lines: string): void {
  const shown = lines.split('\n').map(printable).join('\n')
  process.stderr.write(withoutCommands(shown))
}
