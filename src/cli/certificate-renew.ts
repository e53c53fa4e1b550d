// `panthera certificate renew` and `revoke`: a new version of a certificate, or its end.
import { defineCommand } from 'citty'
import type { Client } from '../client/client.ts'
import type { CertificateDetail, Deployment } from '../client/types.ts'
import { allDeployed, follow, tableOf } from './certificate-deploy.ts'
import { waitFor } from './certificate-wait.ts'
import { exitCodes } from './exit-codes.ts'
import { format, printJson, tableLines, withClient } from './remote.ts'

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
    deploy: {
      type: 'boolean',
      description: 'Deploy it to its deploymentTargets, and wait for that too',
    },
    format,
  },
  run: async ({ args }) => {
    let failed = false
    const code = await withClient('trust', async (client) => {
      const path = `/trust/api/certificates/${encodeURIComponent(args.id)}`
      const before = args.deploy ? await newestDeployment(client, path) : 0
      const { data } = await client.call<Renewed>('POST', `${path}/renew`, {
        ...(args.method ? { method: args.method } : {}),
        ...(args.deploy ? { deployAfterRenewal: true } : {}),
      })
      const end = await waitFor(client, path, data.renewalId)
      const isStored = end.state === 'stored'
      const deployed = args.deploy && isStored ? await deployments(client, path, before) : null
      const { data: now } = await client.call<{ data: CertificateDetail }>('GET', path)
      failed = end.state === 'failed' || (deployed !== null && !allDeployed(deployed))
      if (args.format === 'json') return printJson(now)
      process.stderr.write(`${told(now, end)}\n`)
      if (isStored) process.stderr.write(whereServed(now, deployed))
      process.stdout.write(now.csr ?? (end.state === 'failed' ? '' : (now.certificate ?? '')))
    })
    return failed ? exitCodes.findings : code
  },
})

/** Its id; 0 where there is none. */
async function newestDeployment(client: Client, path: string): Promise<number> {
  const { data } = await client.call<{ data: Deployment[] }>('GET', `${path}/deployments?limit=1`)
  return data[0]?.id ?? 0
}

/** How those that the renewal has made, all newer than `before`, have ended. */
async function deployments(client: Client, path: string, before: number): Promise<Deployment[]> {
  const { data } = await client.call<{ data: Deployment[] }>('GET', `${path}/deployments?limit=100`)
  const made = data.filter(({ id, cause }) => id > before && cause === 'renewal')
  const ids = made.map(({ id }) => id).sort((a, b) => a - b)
  return follow(client, ids, true)
}

/** A renewal alone changes nothing for those who connect. */
function whereServed({ id, deploymentTargets }: CertificateDetail, deployed: Deployment[] | null) {
  if (deployed !== null && deployed.length > 0) return tableLines(tableOf(deployed)).join('')
  if (deployed !== null) {
    return `It has no deploymentTargets: panthera certificate deploy ${id} --target NAME\n`
  }
  return deploymentTargets.length === 0
    ? ''
    : `Not deployed to ${deploymentTargets.join(', ')}: panthera certificate deploy ${id}\n`
}

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
