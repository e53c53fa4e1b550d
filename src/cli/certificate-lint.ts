// `panthera certificate lint`: certificates against the rules of RFC 5280 and the browsers, by
// zlint's names.
import { defineCommand } from 'citty'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import { lintProfiles } from '../trust/x509/lint/run.ts'
import { inspectPath } from './certificate-file.ts'
import { problemPart } from './certificate-inspect.ts'
import { exitCodes } from './exit-codes.ts'
import { format, printJson } from './remote.ts'
import { counted } from './terminal.ts'

const privateHint = 'Of a private authority? --profile internal leaves out what only browsers ask\n'

export const lint = defineCommand({
  meta: { name: 'lint', description: 'Hold certificates against RFC 5280 and what browsers ask' },
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'PEM, DER, PKCS #12 or a Java key store; - for what comes in',
    },
    profile: {
      type: 'enum',
      options: [...lintProfiles],
      default: 'public',
      description: 'internal: the standard and sound keys; public: also what browsers ask',
    },
    format,
  },
  async run({ args }): Promise<number> {
    const { problems, certificates } = await inspectPath(args.file, args.profile)
    const found = problems.filter(({ code }) => /^[ewn]_/.test(code))
    const wrong = found.some(({ severity }) => severity === 'error')
    if (args.format === 'json') printJson({ certificates: certificates.length, problems: found })
    else {
      const [text = `${counted(certificates.length, 'certificate')}, nothing found`] =
        problemPart(found)
      process.stdout.write(withoutCommands(`${text}\n`))
      if (wrong && args.profile === 'public') process.stderr.write(privateHint)
    }
    return wrong ? exitCodes.findings : exitCodes.clean
  },
})
