// A commit that a code host told of becomes a scan, under the id that the event gives it.
import type { z } from 'zod'
import { repositoryPushed } from '../../events/repository.ts'
import { appendAudit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import type { Subscription } from '../../platform/module.ts'
import * as repositories from '../repositories/store.ts'
import { ScanConfig } from './schema.ts'
import { platformTool } from './service.ts'
import * as store from './store.ts'

type Pushed = z.output<(typeof repositoryPushed)['schema']>

export const pushedSubscription: Subscription = {
  event: repositoryPushed.name,
  async handle(tx, { organizationId, payload }) {
    await scanPushed(tx, organizationId, repositoryPushed.schema.parse(payload))
    return undefined
  },
}

async function scanPushed(tx: Tx, organizationId: string, pushed: Pushed): Promise<void> {
  const { scan_id: id, provider, owner, name } = pushed
  if ((await store.find(tx, organizationId, id)) !== null) return
  const place = { provider, owner, name, cloneUrl: null }
  const repositoryId = await repositories.ensure(tx, organizationId, place)
  await store.insert(tx, {
    organizationId,
    id,
    repositoryId,
    source: 'platform',
    branch: pushed.branch,
    commit: pushed.commit,
    base: null,
    // A stranger's change must not say what is to be overlooked in it.
    config: ScanConfig.parse({ project_settings: !pushed.is_fork }),
    artefact: null,
    tool: platformTool,
    createdBy: provider,
    pullRequest: pushed.pull_request,
    installationId: pushed.installation_id,
    isFork: pushed.is_fork,
  })
  const actor = { kind: 'system', id: provider, name: provider } as const
  const origin = { caller: { organizationId, actor }, address: null, requestId: null }
  await appendAudit(tx, origin, {
    action: 'scan.created',
    objectType: 'scan',
    objectId: id,
    details: { provider, owner, repo_name: name },
  })
}
