// `panthera certificate download`: a certificate as a file, with its private key on request.
import { defineCommand } from 'citty'
import { writeAtomic } from '../platform/files.ts'
import { newPassphrase } from './certificate-passphrase.ts'
import { withClient } from './remote.ts'
import { UsageError } from './usage-error.ts'

export const download = defineCommand({
  meta: {
    name: 'download',
    description: 'Download a certificate; with --key also its private key',
  },
  args: {
    id: {
      type: 'positional',
      required: true,
      description: 'As "panthera certificate list" shows it',
    },
    as: {
      type: 'enum',
      options: ['fullchain', 'pem', 'chain', 'der', 'p12'],
      default: 'fullchain',
      description: 'fullchain: the certificate and its chain, as servers want it',
    },
    key: { type: 'boolean', description: 'With the private key; needs the scope for it' },
    output: { type: 'string', alias: 'o', description: 'Into this file; to stdout unless given' },
  },
  run: async ({ args }) => {
    const isBinary = args.as === 'p12' || args.as === 'der'
    if (isBinary && args.output === undefined && process.stdout.isTTY) {
      throw new UsageError(`${args.as} is not for a terminal`, 'Give --output FILE.')
    }
    const passphrase = args.as === 'p12' ? newPassphrase(process.env) : null
    return withClient('trust', async (client) => {
      const query = new URLSearchParams({ format: args.as })
      if (args.key) query.set('privateKey', 'true')
      const path = `/trust/api/certificates/${encodeURIComponent(args.id)}/download?${query}`
      const headers = passphrase === null ? {} : { 'x-passphrase': passphrase }
      const bytes = await client.download(path, headers)
      if (args.output === undefined) process.stdout.write(bytes)
      else await writeAtomic(args.output, bytes)
    })
  },
})
