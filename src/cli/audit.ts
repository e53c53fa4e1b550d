// `panthera audit verify`: proves an exported audit log with nothing but the file.
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import {
  type AuditVerdict,
  createAuditVerifier,
  lineCharactersMax,
  type SignedCheckpoint,
  toSigned,
} from '../platform/audit/verify.ts'
import { exitCodes } from './exit-codes.ts'
import { format, printJson } from './remote.ts'
import { printable } from './terminal.ts'
import { UsageError } from './usage-error.ts'

const verify = defineCommand({
  meta: { name: 'verify', description: 'Verify an exported audit log, without a server' },
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'What GET /identity/v1/audit/export answered',
    },
    key: {
      type: 'string',
      description: 'key_id of the organization, known from elsewhere; comma-separated',
    },
    checkpoint: {
      type: 'string',
      description: 'A kept answer of GET /identity/v1/audit/checkpoint that the log must reach',
    },
    format,
  },
  async run({ args }): Promise<number> {
    const known = args.checkpoint === undefined ? [] : [await readCheckpoint(args.checkpoint)]
    const verifier = createAuditVerifier({ keyIds: list(args.key), known })
    await eachLine(args.file, verifier.line)
    const verdict = verifier.end()
    if (args.format === 'json') printJson(verdict)
    else print(verdict)
    return verdict.intact ? exitCodes.clean : exitCodes.findings
  },
})

export const audit = defineCommand({
  meta: { name: 'audit', description: 'Verify exported audit logs' },
  subCommands: { verify },
})

async function eachLine(path: string, take: (line: string) => void): Promise<void> {
  let rest = ''
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) take(line)
      // Longer than any line may be: judged as it is, and not gathered further.
      if (rest.length > lineCharactersMax) {
        take(rest)
        rest = ''
      }
    }
  } catch (error) {
    throw unreadable(path, error)
  }
  if (rest !== '') take(rest)
}

async function readCheckpoint(path: string): Promise<SignedCheckpoint> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
  const signed = toSigned(parse(text))
  if (signed !== null) return signed
  throw new UsageError(`${path} is not a checkpoint`, 'Keep what the server answered as it is.')
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function unreadable(path: string, error: unknown): UsageError {
  return new UsageError(`${path} cannot be read: ${(error as Error).message}`)
}

function list(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
}

function print(verdict: AuditVerdict): void {
  for (const { line, fault, message } of verdict.problems) say(`line ${line}: ${fault}: ${message}`)
  if (verdict.problemCount > verdict.problems.length) {
    say(`and ${verdict.problemCount - verdict.problems.length} more`)
  }
  const rows = `${verdict.rows} rows of organization ${verdict.organizationId ?? 'unknown'}`
  say(`${rows}: ${verdict.intact ? 'intact' : 'NOT intact'}`)
  if (verdict.signedAt !== null) say(`signed until ${verdict.signedAt}`)
  for (const id of verdict.keyIds) say(`signed by key ${id}`)
  if (verdict.intact && verdict.keyIds.length > 0 && !verdict.trusted) {
    process.stderr.write(
      'The key came with the file: compare it with one that you know, or name it with --key.\n',
    )
  }
}

/** The file may come from anybody. */
function say(line: string): void {
  process.stdout.write(`${printable(line)}\n`)
}
