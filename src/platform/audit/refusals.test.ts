import { describe, expect, it } from 'vitest'
import type { Database } from '../db.ts'
import { createLog } from '../log.ts'
import { createRefusals, type Refused } from './refusals.ts'

function recorder(fail = false) {
  const rows: unknown[] = []
  const db = {
    inTenant: async (_organization: string, work: (tx: object) => Promise<void>) => {
      if (fail) throw new Error('the database is gone')
      await work({ run: async (statement: { values: unknown[] }) => rows.push(statement.values) })
    },
  } as unknown as Database
  const note = createRefusals({ db, log: createLog({ level: 'silent' }) })
  const caller = (id: string, organizationId = 'o') => ({
    caller: { organizationId, actor: { kind: 'key' as const, id, name: id } },
    address: null,
    requestId: null,
  })
  return { rows, note, caller }
}

const refused: Refused = {
  action: 'request.refused',
  objectType: 'operation',
  objectId: 'listKeys',
  reason: 'forbidden',
}

describe('refusals', () => {
  it('are written once for the same credential, thing and reason', async () => {
    const { rows, note, caller } = recorder()
    for (let time = 0; time < 1_000; time++) note(caller('k1'), refused)
    note(caller('k2'), refused)
    note(caller('k1', 'other'), refused)
    note(caller('k1'), { ...refused, reason: 'workspace_access_denied' })
    note(caller('k1'), { ...refused, objectId: 'createKey' })
    note(caller('k1'), { ...refused, apart: '192.0.2.1' })
    await Promise.resolve()
    expect(rows.length).toBe(6)
  })

  it('fail nobody where they cannot be written', async () => {
    const { rows, note, caller } = recorder(true)
    expect(() => note(caller('k1'), refused)).not.toThrow()
    await Promise.resolve()
    expect(rows).toEqual([])
  })
})
