// Whatever text a decision is about is in the log as it was.
import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { decisionId } from './id.ts'
import { findDecision, insertDecisions } from './store.ts'

const organizationId = '11111111-0000-4000-8000-000000000000'
const at = Date.parse('2026-03-04T05:06:07.089Z')

describe.skipIf(!hasDatabase)('a row of the log', () => {
  const database = useTestDatabase()

  it.each([
    'plain',
    'NULL',
    '{"a", \\b}',
    'line\nfeed\ttab\u0001',
    '\\n "quoted" \\\\',
    'ünï \u2028 \u007f 🦁',
  ])('holds %j', async (text) => {
    const { db } = database
    const id = decisionId(at)
    const context = { [text]: [text] }
    const row = { principal: text, action: text, resource: text, actorId: text, requestId: text }
    const decision = {
      ...row,
      organizationId,
      id,
      at,
      request: JSON.stringify(text),
      allowed: true,
      reason: 'permitted',
      policies: '[]',
      errors: null,
      context: JSON.stringify(context),
      snapshots: [],
      generation: 7,
      latencyUs: 3,
    }
    const other = { ...decision, id: decisionId(at), requestId: null }
    await db.inSystem((tx) => insertDecisions(tx, [decision, other]))
    const found = await db.inTenant(organizationId, (tx) =>
      Promise.all([
        findDecision(tx, { organizationId, at, id }),
        findDecision(tx, { organizationId, at, id: other.id }),
      ]),
    )
    expect(found[0]).toMatchObject({
      principal: text,
      action: text,
      resource: text,
      actor_id: text,
      request_id: text,
      request: text,
      context,
      errors: null,
      generation: 7,
    })
    expect(found[1]?.request_id).toBeNull()
  })
})
