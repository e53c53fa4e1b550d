// `panthera certificate deploy`: hands a certificate to the agents of its targets and waits for
// what becomes of it.
import { setTimeout as pause } from 'node:timers/promises'
import { defineCommand } from 'citty'
import type { Client } from '../client/client.ts'
import type { Certificate, Deployment } from '../client/types.ts'
import { exitCodes } from './exit-codes.ts'
import { format, printJson, printTable, withClient } from './remote.ts'

const pollMs = 500
const waitMsMax = 10 * 60_000

interface Started {
  data: Certificate & { deployments: { id: number }[] }
}

export const deploy = defineCommand({
  meta: { name: 'deploy', description: 'Deploy a certificate and wait until its targets have it' },
  args: {
    id: {
      type: 'positional',
      required: true,
      description: 'As "panthera certificate list" shows it',
    },
    target: { type: 'string', description: 'Comma-separated; its deploymentTargets unless given' },
    agent: { type: 'string', description: 'The agent that is to do it, by its name or id' },
    wait: { type: 'boolean', default: true, negativeDescription: 'Only ask for it' },
    format,
  },
  run: async ({ args }) => {
    let failed = false
    const code = await withClient('trust', async (client) => {
      const path = `/trust/api/certificates/${encodeURIComponent(args.id)}/deploy`
      const { data } = await client.call<Started>('POST', path, {
        ...(args.target === undefined ? {} : { targets: names(args.target) }),
        ...(args.agent === undefined ? {} : { agentId: args.agent }),
      })
      const ids = data.deployments.map(({ id }) => id)
      const ended = await follow(client, ids, args.wait)
      failed = args.wait && !allDeployed(ended)
      if (args.format === 'json') return printJson(ended)
      printTable(tableOf(ended))
    })
    return failed ? exitCodes.findings : code
  },
})

export function allDeployed(ended: readonly Deployment[]): boolean {
  return ended.every(({ state }) => state === 'deployed')
}

export function tableOf(ended: readonly Deployment[]): string[][] {
  const why = ({ error, state }: Deployment) =>
    error?.message ?? (state === 'deployed' ? 'its clients see it' : '-')
  return [
    ['ID', 'TARGET', 'STATE', 'WHY'],
    ...ended.map((one) => [String(one.id), one.target, one.state, why(one)]),
  ]
}

/** Until all have ended; what there is then, also where some take too long. */
export async function follow(client: Client, ids: readonly number[], waits: boolean) {
  const until = Date.now() + waitMsMax
  for (;;) {
    const found: Deployment[] = []
    for (const id of ids) {
      const path = `/trust/api/deployments/${id}`
      found.push((await client.call<{ data: Deployment }>('GET', path)).data)
    }
    const isOver = found.every(({ finishedAt }) => finishedAt !== null)
    if (isOver || !waits || Date.now() > until) return found
    await pause(pollMs)
  }
}

function names(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
