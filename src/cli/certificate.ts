// `panthera certificate …`: what can be done with certificates.
import { defineCommand } from 'citty'
import { inspect } from './certificate-inspect.ts'
import { lint } from './certificate-lint.ts'

export const certificate = defineCommand({
  meta: { name: 'certificate', description: 'Inspect and lint certificates, without a server' },
  subCommands: { inspect, lint },
})
