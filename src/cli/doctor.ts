// `panthera doctor`: what is missing or wrong on this machine, each with its fix.
import { defineCommand } from 'citty'
import { writeBundle } from '../platform/doctor/bundle.ts'
import type { Check } from '../platform/doctor/check.ts'
import { type Examination, examine } from '../platform/doctor/index.ts'
import { exitCodes } from './exit-codes.ts'
import { printJson } from './remote.ts'
import { counted } from './terminal.ts'
import { UsageError } from './usage-error.ts'

export const doctor = defineCommand({
  meta: { name: 'doctor', description: 'Tell what is missing or wrong here, each with its fix' },
  args: {
    format: {
      type: 'enum',
      options: ['text', 'json'],
      default: 'text',
      description: 'How to print what was found',
    },
    bundle: {
      type: 'string',
      valueHint: 'FILE',
      description: 'Also write a file for whoever helps: versions, settings and sizes, no secrets',
    },
  },
  async run({ args }): Promise<number> {
    const examination = await examine(process.env)
    if (args.bundle !== undefined) await write(args.bundle, examination)
    const failed = examination.checks.filter(({ status }) => status === 'fail').length
    if (args.format === 'json') {
      const { version, checks } = examination
      printJson({ version, ok: failed === 0, checks })
    } else {
      process.stdout.write(text(examination.checks))
    }
    return failed === 0 ? exitCodes.clean : exitCodes.usage
  },
})

async function write(path: string, examination: Examination): Promise<void> {
  try {
    await writeBundle(path, examination, process.env)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${path} cannot be written: ${reason}`)
  }
  process.stderr.write(`${path} is written: read it before you send it to anybody\n`)
}

function text(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, status, detail, fix }) => [
    `${status}  ${name.padEnd(width)}  ${detail}`,
    ...(fix === null ? [] : [`${' '.repeat(width + 8)}fix: ${fix}`]),
  ])
  const count = (wanted: Check['status']) => checks.filter(({ status }) => status === wanted).length
  const [failed, warned] = [count('fail'), count('warn')]
  const verdict =
    failed > 0
      ? `${counted(failed, 'check')} failed, ${counted(warned, 'warning')}`
      : `Nothing is in the way; ${counted(warned, 'warning')}`
  return `${[...lines, '', verdict].join('\n')}\n`
}
