// `panthera certificate inspect`: a readable page on any file of certificates, what is wrong first.
import { defineCommand } from 'citty'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import type { Inspection, Problem } from '../trust/x509/inspect/inspect.ts'
import { inspectPath } from './certificate-file.ts'
import { exitCodes } from './exit-codes.ts'
import { type Field, fields } from './page.ts'
import { format, printJson } from './remote.ts'
import { counted, printable } from './terminal.ts'

export const inspect = defineCommand({
  meta: { name: 'inspect', description: 'Show what is in a file of certificates' },
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'PEM, DER, PKCS #12 or a Java key store; - for what comes in',
    },
    format,
  },
  async run({ args }): Promise<number> {
    const found = await inspectPath(args.file, 'internal')
    if (args.format === 'json') printJson(found)
    else process.stdout.write(withoutCommands(page(found)))
    const wrong = found.problems.some(({ severity }) => severity === 'error')
    return wrong ? exitCodes.findings : exitCodes.clean
  },
})

function page(found: Inspection): string {
  const parts = [summary(found), ...problemPart(found.problems)]
  for (const certificate of found.certificates) {
    const alias = certificate.alias === null ? '' : `  [${certificate.alias}]`
    const title = printable(`${certificate.subject || '(no subject)'}${alias}`)
    parts.push(`${title}\n${fields(certificateFields(certificate))}`)
  }
  for (const request of found.requests) {
    const details: Field[] = [
      ['Key', request.key],
      ['Names', request.names],
      [
        'Signature',
        `${request.signatureAlgorithm}${request.proven ? '' : ', which does not hold'}`,
      ],
    ]
    parts.push(`Request for ${printable(request.subject)}\n${fields(details.filter(isTold))}`)
  }
  for (const list of found.lists) {
    const details: Field[] = [
      ['Number', list.number ?? ''],
      ['From', list.thisUpdate],
      ['Next', list.nextUpdate ?? 'does not say'],
      ['Revoked', counted(list.revoked, 'certificate')],
    ]
    parts.push(`Revocation list of ${printable(list.issuer)}\n${fields(details.filter(isTold))}`)
  }
  return `${parts.join('\n\n')}\n`
}

function summary({ format: form, certificates, requests, lists, privateKeys }: Inspection): string {
  const counts = [
    [certificates.length, 'certificate'],
    [privateKeys, 'private key'],
    [requests.length, 'request'],
    [lists.length, 'revocation list'],
  ] as const
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => counted(count, what))
  return `${form}: ${told.length > 0 ? told.join(', ') : 'nothing that can be shown'}`
}

export function problemPart(problems: readonly Problem[]): string[] {
  if (problems.length === 0) return []
  const lines = problems.map(({ severity, code, subject, message }) => {
    const who = subject === null ? '' : `${subject}: `
    return `  ${severity.padEnd(7)}  ${printable(`${who}${message}`)} (${code})`
  })
  return [`${counted(problems.length, 'problem')}\n${lines.join('\n')}`]
}

function certificateFields(certificate: Inspection['certificates'][number]): Field[] {
  const { authority, pathLength, selfSigned, daysLeft } = certificate
  const days = `${counted(Math.abs(daysLeft), 'day')} ${daysLeft < 0 ? 'ago' : 'left'}`
  const below =
    pathLength === null ? '' : `, ${counted(pathLength, 'authority', 'authorities')} below`
  const all: Field[] = [
    ['Issuer', selfSigned ? 'itself' : certificate.issuer],
    ['Valid', `${certificate.validFrom} to ${certificate.validTo}, ${days}`],
    ['Names', certificate.names],
    ['Key', `${certificate.key}${certificate.hasPrivateKey ? ', the private key is here' : ''}`],
    ['Role', authority ? `authority${below}` : 'leaf'],
    ['Purposes', certificate.purposes.join(', ')],
    ['Key usage', certificate.keyUsage.join(', ')],
    ['Permits', certificate.permittedNames],
    ['Excludes', certificate.excludedNames],
    ['Policies', certificate.policies.join(', ')],
    ['Serial', certificate.serialNumber],
    ['Fingerprint', [certificate.fingerprint]],
    ['Signature', certificate.signatureAlgorithm],
    ['Subject key', certificate.subjectKeyId ?? ''],
    ['Issuer key', certificate.authorityKeyId ?? ''],
    ['OCSP', certificate.ocspUrls],
    ['Issuer at', certificate.issuerUrls],
    ['CRL at', certificate.crlUrls],
    ['Logged', certificate.timestamps.map(({ at, logId }) => `${at} ${logId}`)],
    [
      'Critical',
      certificate.extensions
        .filter((e) => e.critical)
        .map((e) => e.name)
        .join(', '),
    ],
  ]
  return all.filter(isTold)
}

function isTold([, value]: Field): boolean {
  return value.length > 0
}
