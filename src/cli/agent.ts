// `panthera agent …`: the certificate agent of this host, and those that a server knows.
import { defineCommand } from 'citty'
import { check } from './agent-check.ts'
import { list } from './agent-list.ts'
import { revoke } from './agent-revoke.ts'
import { run } from './agent-run.ts'

export const agent = defineCommand({
  meta: { name: 'agent', description: 'Run the certificate agent of this host; list and revoke' },
  subCommands: { run, check, list, revoke },
})
