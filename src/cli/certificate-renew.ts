// `panthera certificate renew` and `revoke`: a new version of a certificate, or its end.
import { defineCommand } from 'citty'
import type { CertificateDetail } from '../client/types.ts'
import { waitFor } from './certificate-wait.ts'
import { exitCodes } from './exit-codes.ts'
import { format, printJson, withClient } from './remote.ts'

const id = {
  type: 'positional',
  required: true,
  description: 'As "panthera certificate list" shows it',
} as const

interface Renewed {
  data: { id: number; renewalId: number }
}

export const renew = defineCommand({
  meta: { name: 'renew', description: 'Renew a certificate and wait until that is done' },
  args: {
    id,
    method: {
      type: 'enum',
      options: ['api', 'acme', 'csr'],
      description: 'csr: by hand, with a request to be signed elsewhere',
    },
    format,
  },
  run: async ({ args }) => {
    let failed = false
    const code = await withClient('trust', async (client) => {
      const path = `/trust/api/certificates/${encodeURIComponent(args.id)}`
      const method = args.method ? { method: args.method } : {}
      const { data } = await client.call<Renewed>('POST', `${path}/renew`, method)
      const end = await waitFor(client, path, data.renewalId)
      const { data: now } = await client.call<{ data: CertificateDetail }>('GET', path)
      failed = end.state === 'failed'
      if (args.format === 'json') return printJson(now)
      process.stderr.write(`${told(now, end)}\n`)
      process.stdout.write(now.csr ?? (failed ? '' : (now.certificate ?? '')))
    })
    return failed ? exitCodes.findings : code
  },
})

function told(
  now: CertificateDetail,
  { state, message }: { state: string; message: string | null },
) {
  const name = `Certificate ${now.id} (${now.commonName})`
  if (state === 'stored') return `${name} is renewed until ${now.validTo}`
  if (state === 'waiting_csr') return `${name} waits: have this request signed`
  if (state === 'failed') return `${name} could not be renewed: ${message}`
  return `${name} is still being renewed; see its renewals`
}

export const revoke = defineCommand({
  meta: { name: 'revoke', description: 'Revoke a certificate, for good' },
  args: {
    id,
    reason: {
      type: 'enum',
      options: [
        'unspecified',
        'keyCompromise',
        'cACompromise',
        'affiliationChanged',
        'superseded',
        'cessationOfOperation',
      ],
      default: 'unspecified',
      description: 'What relying parties are told',
    },
    comments: { type: 'string', description: 'For the audit log' },
    format,
  },
  run: ({ args }) =>
    withClient('trust', async (client) => {
      const path = `/trust/api/certificates/${encodeURIComponent(args.id)}/revoke`
      const { data } = await client.call<{ data: CertificateDetail }>('POST', path, {
        reason: args.reason,
        ...(args.comments === undefined ? {} : { comments: args.comments }),
      })
      if (args.format === 'json') return printJson(data)
      process.stdout.write(`Certificate ${data.id} (${data.commonName}) is revoked\n`)
    }),
})
