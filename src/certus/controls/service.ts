// What the newest evidence says of each control of a framework. Nothing passes because nothing was
// found: a control is as its senders tested it, and fails where findings speak against it.
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import { frameworkCatalogue } from '../frameworks/folder.ts'
import { linksOf } from '../seal/controls/chain.ts'
import { type Catalogue, controlOf, type Framework } from '../seal/controls/framework.ts'
import type { Severity } from '../seal/grade/score.ts'
import type { ControlList } from './schema.ts'
import * as store from './store.ts'

type Shown = ControlList['controls'][number]
type State = Shown['state']

/** Lesser ones are told, and fail nothing. */
const failing: readonly Severity[] = ['critical', 'high', 'medium']

export async function listControls(
  { db }: Pick<Platform, 'db'>,
  { organizationId }: Caller,
  query: { framework: string; repository?: string | undefined; state?: State | undefined },
): Promise<ControlList> {
  const catalogue = frameworkCatalogue()
  const framework = catalogue.frameworks.get(query.framework)
  if (framework === undefined) {
    const known = [...catalogue.frameworks.keys()].join(', ')
    throw invalidField('framework', `must be one of ${known}`)
  }
  const packs = await db.inTenant(organizationId, (tx) =>
    store.newest(tx, organizationId, query.repository),
  )
  const all = framework.controls.map((control) => {
    return shown(framework, control, { packs, against: against(catalogue, framework, packs) })
  })
  const tested = all.filter(({ state }) => state !== 'not_tested').length
  return {
    framework: framework.id,
    packs: packs.map(({ id, repository, stored_at }) => {
      return { repository, evidence_pack_id: id, stored_at }
    }),
    coverage: { tested, total: all.length },
    controls: all.filter(({ state }) => query.state === undefined || state === query.state),
  }
}

interface Against {
  control: string
  weakness: Shown['weaknesses'][number]
}

function against(
  catalogue: Catalogue,
  framework: Framework,
  packs: readonly store.Newest[],
): Against[] {
  const only = { ...catalogue, frameworks: new Map([[framework.id, framework]]) }
  return packs.flatMap(({ id, repository, weaknesses }) =>
    weaknesses.flatMap((weakness) =>
      linksOf(only, { cwe: weakness.cwe, scanType: weakness.scan_type }).map((link) => ({
        control: link.control,
        weakness: {
          ...weakness,
          repository,
          evidence_pack_id: id,
          proof: link.proof,
          confidence: link.confidence,
        },
      })),
    ),
  )
}

function shown(
  framework: Framework,
  control: Framework['controls'][number],
  evidence: { packs: readonly store.Newest[]; against: readonly Against[] },
): Shown {
  const results = evidence.packs.flatMap(({ id, repository, control_results }) =>
    control_results
      .filter((one) => one.framework === framework.id)
      .filter((one) => controlOf(framework, one.control_id)?.id === control.id)
      .map(({ control_id, status }) => ({ control_id, status, repository, evidence_pack_id: id })),
  )
  const weaknesses = evidence.against.flatMap((one) =>
    one.control === control.id ? [one.weakness] : [],
  )
  const used = new Set([...results, ...weaknesses].map((one) => one.evidence_pack_id))
  const times = evidence.packs.filter(({ id }) => used.has(id)).map((pack) => pack.stored_at)
  return {
    control_id: control.id,
    title: control.title,
    state: stateOf(results, weaknesses),
    fresh_as_of: times.toSorted().at(0) ?? null,
    results,
    weaknesses,
  }
}

/** The worst of what was tested; a likely link to a serious finding fails it. */
function stateOf(results: Shown['results'], weaknesses: Shown['weaknesses']): State {
  const speaks = weaknesses.some(({ severity, confidence }) => {
    return confidence === 'high' && failing.includes(severity)
  })
  if (speaks) return 'fail'
  const states = results.map(({ status }) => status)
  const worst = (['fail', 'partial', 'pass'] as const).find((state) => states.includes(state))
  return worst ?? 'not_tested'
}
