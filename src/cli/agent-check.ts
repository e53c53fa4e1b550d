// `panthera agent check`: is this host as its agent needs it? Changes nothing.
import { defineCommand } from 'citty'
import { checkHost, type Finding } from '../agent/check.ts'
import { configurationOption, openConfiguration } from './agent-run.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { format, printJson } from './remote.ts'

const marks: Record<Finding['state'], string> = {
  ok: 'ok   ',
  note: 'note ',
  wrong: 'WRONG',
  unreachable: 'WRONG',
}

export const check = defineCommand({
  meta: { name: 'check', description: 'Tell what is missing or wrong, without changing anything' },
  args: { config: configurationOption, format },
  async run({ args }): Promise<number> {
    const configuration = await openConfiguration(args.config)
    const findings: Finding[] = []
    for await (const finding of checkHost(configuration, process.env)) {
      findings.push(finding)
      if (args.format === 'json') continue
      process.stdout.write(`${marks[finding.state]}  ${finding.what}: ${finding.message}\n`)
    }
    if (args.format === 'json') printJson(findings)
    return exitCodeOf(findings)
  },
})

function exitCodeOf(findings: readonly Finding[]): ExitCode {
  if (findings.some(({ state }) => state === 'wrong')) return exitCodes.usage
  if (findings.some(({ state }) => state === 'unreachable')) return exitCodes.unreachable
  return exitCodes.clean
}
