// `panthera organization create|list|plan`: for operators of the installation.
import { type ArgDef, defineCommand } from 'citty'
import type { CreatedOrganization, Organization } from '../client/types.ts'
import { format, printJson, printTable, withClient } from './remote.ts'

const plan = {
  type: 'enum',
  options: ['free', 'pro', 'enterprise'],
  description: 'Decides limits and scans at once',
} satisfies ArgDef

const create = defineCommand({
  meta: { name: 'create', description: 'Create an organization' },
  args: {
    name: { type: 'string', required: true, description: 'Its name' },
    plan: { ...plan, default: 'free' },
    format,
  },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const { name, plan: wanted } = args
      const body = { name, plan: wanted }
      const path = '/console/api/organizations'
      const made = await client.call<CreatedOrganization>('POST', path, body)
      if (args.format === 'json') return printJson(made)
      show(made, args.format)
      process.stderr.write('Its first key is shown this once; it makes the others:\n')
      process.stdout.write(`${made.admin_key}\n`)
    }),
})

const listOrganizations = defineCommand({
  meta: { name: 'list', description: 'List the organizations' },
  args: { format },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const answer = await client.call<{ organizations: Organization[] }>(
        'GET',
        '/console/api/organizations',
      )
      if (args.format === 'json') return printJson(answer)
      printTable([
        ['ID', 'NAME', 'PLAN', 'CREATED'],
        ...answer.organizations.map((one) => [one.id, one.name, one.plan, one.created_at]),
      ])
    }),
})

const changePlan = defineCommand({
  meta: { name: 'plan', description: "Change an organization's plan" },
  args: {
    id: { type: 'positional', required: true, description: 'The organization' },
    plan: { ...plan, required: true },
    format,
  },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const path = `/console/api/organizations/${encodeURIComponent(args.id)}`
      show(await client.call<Organization>('PATCH', path, { plan: args.plan }), args.format)
    }),
})

export const organization = defineCommand({
  meta: { name: 'organization', description: 'Create and list organizations, change their plan' },
  subCommands: { create, list: listOrganizations, plan: changePlan },
})

function show(made: Organization, as: string): void {
  if (as === 'json') printJson(made)
  else process.stdout.write(`${made.id} ${made.name} (${made.plan})\n`)
}
