// What commands that talk to a server share: credentials, exit codes of failures, and output.
import type { ArgDef } from 'citty'
import { type Client, createClient, Refused, ServerUnreachable } from '../client/client.ts'
import {
  type FirstRunKey,
  findCredentials,
  NoCredentials,
  WrongUrl,
} from '../client/credentials.ts'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import { exitCodes } from './exit-codes.ts'
import { printable } from './terminal.ts'

/** `--format` of commands that print what a server answered. */
export const format = {
  type: 'enum',
  options: ['text', 'json'],
  default: 'text',
  description: 'How to print the answer',
} satisfies ArgDef

/** Runs `work` with a client; a failure becomes one line on stderr and its exit code. */
export async function withClient(
  key: FirstRunKey,
  work: (client: Client) => Promise<void>,
): Promise<number> {
  return withServer(async () => work(createClient(await findCredentials(process.env, key))))
}

/** The same for work that has, or finds, its client itself. */
export async function withServer(work: () => Promise<void>): Promise<number> {
  try {
    await work()
    return exitCodes.clean
  } catch (error) {
    if (error instanceof WrongUrl) return complain(error, exitCodes.usage)
    if (error instanceof NoCredentials) return complain(error, exitCodes.authentication)
    if (error instanceof ServerUnreachable) return complain(error, exitCodes.unreachable)
    if (error instanceof Refused) {
      return complain(error, error.status === 401 ? exitCodes.authentication : exitCodes.usage)
    }
    throw error
  }
}

function complain(error: Error, code: number): number {
  process.stderr.write(`panthera: ${error.message}\n`)
  return code
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Columns as wide as their widest cell; nothing is cut. */
export function printTable(rows: readonly (readonly string[])[]): void {
  for (const line of tableLines(rows)) process.stdout.write(line)
}

export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length)
    })
  }
  return rows.map((row) => {
    const line = row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')
    return `${withoutCommands(printable(line.trimEnd()))}\n`
  })
}
