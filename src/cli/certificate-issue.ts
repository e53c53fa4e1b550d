// `panthera certificate issue`: a certificate from one of the server's authorities.
import { readFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import type { CertificateDetail } from '../client/types.ts'
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
    authority: { type: 'string', description: 'Its id; the internal one unless given' },
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
      ...number('certificateAuthorityId', '--authority', args.authority),
      ...number('keySize', '--key-size', args['key-size']),
      ...number('validityDays', '--days', args.days),
    }
    const csr = args.csr === undefined ? {} : { csr: await text(args.csr) }
    return withClient('trust', async (client) => {
      const path = '/trust/api/certificates'
      const { data } = await client.call<{ data: CertificateDetail }>('POST', path, {
        commonName: args.name,
        ...(args.san === undefined ? {} : { subjectAlternativeNames: listed(args.san) }),
        ...numbers,
        ...(args['key-type'] ? { keyType: args['key-type'] } : {}),
        ...(args['auto-renew'] ? { autoRenew: true } : {}),
        ...csr,
      })
      if (args.format === 'json') return printJson(data)
      process.stderr.write(`${told(data)}\n`)
      process.stdout.write(data.certificate ?? data.csr ?? '')
    })
  },
})

function told({ id, commonName, validTo, csr }: CertificateDetail): string {
  if (csr !== null) return `Certificate ${id} (${commonName}) waits: have this request signed`
  return `Certificate ${id} (${commonName}) is valid until ${validTo}`
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
