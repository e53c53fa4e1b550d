import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { streamRows } from './row-stream.ts'
import { withClient } from './testing.ts'

describe.skipIf(!hasDatabase)('streamRows', () => {
  const database = useTestDatabase()

  const batches = (query: string) =>
    withClient(database.url, (client) => Array.fromAsync(streamRows(client, query)))

  it("answers PostgreSQL's own texts", async () => {
    const found = await batches(`select 12345678901234567890.10::numeric, null, 'null'::jsonb,
      '\\x00ff'::bytea, array['a', null], '9007199254740993'::bigint, 'a"b'::text`)
    const row = ['12345678901234567890.10', null, 'null', '\\x00ff', '{a,NULL}']
    expect(found).toEqual([
      { json: JSON.stringify([[...row, '9007199254740993', 'a"b']]), rows: 1 },
    ])
  })

  it('answers nothing for nothing, and throws what the database says', async () => {
    expect(await batches('select 1 where false')).toEqual([])
    await expect(batches('select 1 / (3 - n) from generate_series(1, 5) n')).rejects.toThrow(
      'division by zero',
    )
  })

  it('bounds a batch by rows and by size, and leaves out none', async () => {
    const small = await batches('select n from generate_series(1, 12000) n')
    expect(small.map(({ rows }) => rows)).toEqual([5_000, 5_000, 2_000])
    const wide = await batches(`select repeat('x', 1000000) from generate_series(1, 7)`)
    expect(wide.map(({ rows }) => rows)).toEqual([3, 3, 1])
    expect(small.flatMap(({ json }) => JSON.parse(json)).map(([n]) => Number(n))).toEqual(
      Array.from({ length: 12_000 }, (_, at) => at + 1),
    )
  })

  it('makes the server wait while nobody takes a batch', async () => {
    await withClient(database.url, async (client) => {
      const rows = streamRows(client, `select repeat('x', 100000) from generate_series(1, 1000)`)
      const first = await rows.next()
      const { connection } = client as unknown as { connection: { stream: Socket } }
      // Turns enough for all of the hundred megabytes, if they came.
      for (let turn = 0; turn < 100; turn++) await new Promise((next) => setTimeout(next, 2))
      expect(connection.stream.bytesRead).toBeLessThan(10_000_000)
      const others = await Array.fromAsync(rows)
      const counted = [first.value, ...others].map((batch) => batch?.rows ?? 0)
      expect(counted.reduce((sum, count) => sum + count)).toBe(1_000)
    })
  })
})
