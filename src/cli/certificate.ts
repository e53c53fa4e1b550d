// `panthera certificate …`: what can be done with certificates.
import { defineCommand } from 'citty'
import { deploy } from './certificate-deploy.ts'
import { download } from './certificate-download.ts'
import { inspect } from './certificate-inspect.ts'
import { issue } from './certificate-issue.ts'
import { lint } from './certificate-lint.ts'
import { list } from './certificate-list.ts'
import { renew, revoke } from './certificate-renew.ts'

export const certificate = defineCommand({
  meta: { name: 'certificate', description: 'Issue, renew, deploy, revoke and lint certificates' },
  subCommands: { list, issue, download, renew, deploy, revoke, inspect, lint },
})
