// What the newest evidence says of each control of a framework. Nothing passes because nothing was
// found: a control is as its senders tested it, and fails where findings speak against it.
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import { frameworkCatalogue } from '../frameworks/folder.ts'
import { evidenceSigner } from '../log/signing-key.ts'
import { checkShown, digestsIn, openSigned } from '../packs/verify.ts'
import { ControlEvidence } from './evidence.ts'
import type { ControlList, ControlQuery } from './schema.ts'
import * as store from './store.ts'

/** Packs whose signature does not hold for what is stored are told apart, and count for nothing. */
export async function listControls(
  { db, secrets }: Pick<Platform, 'db' | 'secrets'>,
  { organizationId }: Caller,
  query: ControlQuery,
): Promise<ControlList> {
  const catalogue = frameworkCatalogue()
  const framework = catalogue.frameworks.get(query.framework)
  if (framework === undefined) {
    const known = [...catalogue.frameworks.keys()].join(', ')
    throw invalidField('framework', `must be one of ${known}`)
  }
  const evidence = new ControlEvidence(catalogue, framework)
  const packs: ControlList['packs'] = []
  const ignored: ControlList['ignored'] = []
  await db.inTenant(organizationId, async (tx) => {
    const { publicKey } = await evidenceSigner(tx, secrets, organizationId)
    for await (const row of store.newest(tx, organizationId, query)) {
      const { repository, branch, stored_at } = row
      const source = { repository, evidence_pack_id: row.id }
      const opened = openSigned(row, publicKey)
      const checks = [opened.check, checkShown(row, opened, digestsIn(row))]
      const failed = checks.find(({ holds }) => !holds)
      if (failed !== undefined) {
        ignored.push({ ...source, reason: failed.reason ?? failed.check })
        continue
      }
      packs.push({ ...source, branch, stored_at })
      evidence.add(row)
    }
  })
  const all = framework.controls.map((control) => evidence.shown(control))
  const tested = all.filter(({ state }) => state !== 'not_tested').length
  return {
    framework: framework.id,
    packs,
    ignored,
    coverage: { tested, total: all.length },
    controls: all.filter(({ state }) => query.state === undefined || state === query.state),
  }
}
