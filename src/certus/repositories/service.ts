// Repositories with the grade of their newest pack, how it came there, and what exceptions make of
// it.
import type { Caller } from '../../platform/http/caller.ts'
import type { Platform } from '../../platform/platform.ts'
import { effectOf } from '../exceptions/effect.ts'
import * as exceptions from '../exceptions/store.ts'
import { evidenceSigner } from '../log/signing-key.ts'
import { verifiedEvidence } from '../packs/content.ts'
import type { Row } from '../packs/store.ts'
import { checkShown, openSigned } from '../packs/verify.ts'
import type { Repository, RepositoryQuery } from './schema.ts'
import * as store from './store.ts'

export async function listRepositories(
  platform: Platform,
  { organizationId }: Caller,
  query: RepositoryQuery,
) {
  return platform.db.inTenant(organizationId, async (tx) => {
    const { repositories: listed, total } = await store.list(tx, organizationId, query)
    const ids = listed.flatMap(({ trend }) => trend.at(-1)?.evidence_pack_id ?? [])
    const rows = await store.packs(tx, organizationId, ids)
    const slugs = listed.map(({ slug }) => slug)
    const accepted = await exceptions.active(tx, organizationId, slugs)
    const { publicKey } = await evidenceSigner(tx, platform.secrets, organizationId)
    const repositories: Repository[] = []
    for (const { slug, packs_total, trend } of listed) {
      const row = rows.get(trend.at(-1)?.evidence_pack_id ?? '')
      const latest = row === undefined ? null : latestOf(row, publicKey)
      const own = accepted.filter(({ repository }) => repository === slug)
      let with_exceptions: Repository['with_exceptions'] = null
      if (row !== undefined && latest?.verdict === 'verified' && own.length > 0) {
        const reader = { organizationId }
        const { submission } = await verifiedEvidence(platform, { tx, reader }, row.id)
        with_exceptions = effectOf(submission, own)
      }
      repositories.push({ repository: slug, packs_total, latest, with_exceptions, trend })
    }
    return { repositories, total, limit: query.limit, offset: query.offset }
  })
}

function latestOf(row: Row, publicKey: Uint8Array): NonNullable<Repository['latest']> {
  const opened = openSigned(row, publicKey)
  const holds = opened.check.holds && checkShown(row, opened, null).holds
  return {
    evidence_pack_id: row.id,
    branch: row.branch,
    commit: row.commit,
    stored_at: row.stored_at,
    computed: row.computed,
    verdict: holds ? 'verified' : 'failed',
  }
}
