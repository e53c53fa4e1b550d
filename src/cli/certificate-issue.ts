// `panthera certificate issue`: a certificate from one of the server's authorities.
import { readFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import type { Client } from '../client/client.ts'
import type { CertificateDetail } from '../client/types.ts'
import { type RenewalEnd, waitFor } from './certificate-wait.ts'
import { exitCodes } from './exit-codes.ts'
import { format, printJson, withClient } from './remote.ts'
import { UsageError } from './usage-error.ts'

export const issue = defineCommand({
  meta: {
    name: 'issue',
    description: 'Issue a certificate; without --csr the server keeps its key',
  },
  args: {
    name: { type: 'positional', required: true, description: 'Host name, address or mailbox' },
    san: { type: 'string', description: 'Further names, comma-separated' },
    authority: { type: 'string', description: 'Its name or id; the internal one unless given' },
    'key-type': { type: 'enum', options: ['ECDSA', 'RSA', 'Ed25519'], description: 'Of a new key' },
    'key-size': { type: 'string', description: 'RSA 2048, 3072, 4096; ECDSA 256, 384' },
    days: {
      type: 'string',
      description: 'How long it is valid; as the authority says unless given',
    },
    'auto-renew': { type: 'boolean', description: 'Renew it by itself before it ends' },
    csr: { type: 'string', description: 'A file with a request: then its key stays with you' },
    format,
  },
  run: async ({ args }) => {
    const numbers = {
      ...number('keySize', '--key-size', args['key-size']),
      ...number('validityDays', '--days', args.days),
    }
    const csr = args.csr === undefined ? {} : { csr: await text(args.csr) }
    let failed = false
    const code = await withClient('trust', async (client) => {
      const path = '/trust/api/certificates'
      const made = await client.call<{ data: CertificateDetail }>('POST', path, {
        commonName: args.name,
        ...(args.san === undefined ? {} : { subjectAlternativeNames: listed(args.san) }),
        ...(await authorityNamed(client, args.authority)),
        ...numbers,
        ...(args['key-type'] ? { keyType: args['key-type'] } : {}),
        ...(args['auto-renew'] ? { autoRenew: true } : {}),
        ...csr,
      })
      const { data, end } = await awaited(client, made.data)
      failed = end?.state === 'failed'
      if (args.format === 'json') return printJson(data)
      process.stderr.write(`${told(data, end)}\n`)
      process.stdout.write(data.certificate ?? data.csr ?? '')
    })
    return failed ? exitCodes.findings : code
  },
})

/** An authority elsewhere takes its time. */
async function awaited(client: Client, made: CertificateDetail) {
  if (made.status !== 'pending' || made.renewalStatus !== 'in_progress') {
    return { data: made, end: null }
  }
  const path = `/trust/api/certificates/${made.id}`
  process.stderr.write(`Certificate ${made.id} (${made.commonName}) is on its way\n`)
  const end = await waitFor(client, path)
  const { data } = await client.call<{ data: CertificateDetail }>('GET', path)
  return { data, end }
}

async function authorityNamed(client: Client, wanted: string | undefined) {
  if (wanted === undefined) return {}
  if (/^\d{1,9}$/.test(wanted)) return { certificateAuthorityId: Number(wanted) }
  const path = '/trust/api/certificate-authorities?limit=100'
  const { data } = await client.call<{ data: { id: number; name: string }[] }>('GET', path)
  const found = data.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  if (found !== undefined) return { certificateAuthorityId: found.id }
  const known = data.map(({ name }) => name).join(', ')
  throw new UsageError(`--authority: there is no "${wanted}"; there is ${known}`)
}

function told({ id, commonName, validTo, csr }: CertificateDetail, end: RenewalEnd | null): string {
  const name = `Certificate ${id} (${commonName})`
  if (csr !== null) return `${name} waits: have this request signed`
  if (end?.state === 'failed') return `${name} could not be issued: ${end.message}`
  if (validTo === null) {
    const last = end === null || end.message === null ? '' : `: ${end.message}`
    return `${name} is still on its way; see its renewals${last}`
  }
  return `${name} is valid until ${validTo}`
}

function number(name: string, option: string, value: string | undefined): Record<string, number> {
  if (value === undefined) return {}
  if (/^\d{1,9}$/.test(value)) return { [name]: Number(value) }
  throw new UsageError(`${option} must be a whole number, not "${value}"`)
}

function listed(names: string): string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}
