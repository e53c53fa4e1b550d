// What the newest evidence says of each control of a framework. Nothing passes because nothing was
// found: a control is as its senders tested it, and fails where findings speak against it.
import type { Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import { leftOf } from '../exceptions/effect.ts'
import type { Exception } from '../exceptions/schema.ts'
import { active } from '../exceptions/store.ts'
import { recordsOf } from '../facts/records.ts'
import { frameworkCatalogue } from '../frameworks/folder.ts'
import { evidenceSigner } from '../log/signing-key.ts'
import { verifiedEvidence } from '../packs/content.ts'
import { mayReadFramework, type Reader } from '../packs/reach.ts'
import { checkShown, digestsIn, openSigned } from '../packs/verify.ts'
import { weaknessesOf } from '../packs/weaknesses.ts'
import type { Catalogue, Framework } from '../seal/controls/framework.ts'
import { ControlEvidence } from './evidence.ts'
import type { ControlList, ControlQuery } from './schema.ts'
import * as store from './store.ts'

type Sources = Pick<Platform, 'db' | 'secrets' | 'now'>
interface Asked {
  query: ControlQuery
}

/** Packs whose signature does not hold for what is stored are told apart, and count for nothing. */
export async function listControls(
  platform: Sources,
  reader: Reader,
  query: ControlQuery,
): Promise<ControlList> {
  const { organizationId } = reader
  const catalogue = frameworkCatalogue()
  const readable = [...catalogue.frameworks.keys()].filter((id) => mayReadFramework(reader, id))
  const framework = catalogue.frameworks.get(query.framework)
  if (framework === undefined || !readable.includes(framework.id)) {
    const known = readable.join(', ')
    throw invalidField('framework', `must be one of ${known}`)
  }
  const gathered = await platform.db.inTenant(organizationId, (tx) =>
    gather({ platform, tx, reader }, { catalogue, framework, query }),
  )
  const { evidence, excepted, packs, ignored } = gathered
  const all = framework.controls.map((control) => ({
    ...evidence.shown(control),
    with_exceptions: excepted === null ? null : excepted.shown(control).state,
  }))
  const tested = all.filter(({ state }) => state !== 'not_tested').length
  return {
    framework: framework.id,
    packs,
    ignored,
    coverage: { tested, total: all.length },
    controls: all.filter(({ state }) => query.state === undefined || state === query.state),
  }
}

async function gather(
  { platform, tx, reader }: { platform: Sources; tx: Tx; reader: Reader },
  { catalogue, framework, query }: { catalogue: Catalogue; framework: Framework } & Asked,
) {
  const { organizationId } = reader
  const exceptions = await active(tx, organizationId)
  const records = await recordsFor({ platform, tx, reader }, catalogue)
  const evidence = new ControlEvidence(catalogue, framework, records)
  const excepted =
    exceptions.length === 0 ? null : new ControlEvidence(catalogue, framework, records)
  const packs: ControlList['packs'] = []
  const ignored: ControlList['ignored'] = []
  const { publicKey } = await evidenceSigner(tx, platform.secrets, organizationId)
  for await (const row of store.newest(tx, reader, query)) {
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
    const own = exceptions.filter((exception) => exception.repository === repository)
    if (own.length === 0) excepted?.add(row)
    else excepted?.add({ ...row, weaknesses: await left({ platform, tx, reader }, row.id, own) })
  }
  return { evidence, excepted, packs, ignored }
}

/** The platform's own records are of the whole organization, and for who may read of all of it. */
async function recordsFor(
  { platform, tx, reader }: { platform: Sources; tx: Tx; reader: Reader },
  { proofs }: Catalogue,
) {
  const { organizationId, reach = null } = reader
  const { repositories = null, from = null, to = null } = reach ?? {}
  const isAll = [repositories, from, to].every((bound) => bound === null)
  if (!isAll) return new Map<string, never>()
  return recordsOf(tx, organizationId, { proofs, now: new Date(platform.now()) })
}

/** What still speaks against controls once exceptions are taken off. */
async function left(
  { platform, tx, reader }: { platform: Sources; tx: Tx; reader: Reader },
  packId: string,
  exceptions: readonly Exception[],
) {
  const { submission } = await verifiedEvidence(platform, { tx, reader }, packId)
  return weaknessesOf({ findings: leftOf(submission, exceptions) })
}
