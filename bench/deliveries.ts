// How many webhooks one node delivers per second, with the database and a receiver beside it:
// `node bench/deliveries.ts [deliveries] [endpoints]`. Prints one line.
import { fork } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase, sql } from '../src/platform/db.ts'
import { createLog } from '../src/platform/log.ts'
import { createMetrics } from '../src/platform/metrics.ts'
import { migrate } from '../src/platform/migrate.ts'
import { identifyNode } from '../src/platform/node.ts'
import { createOutbound } from '../src/platform/outbound/index.ts'
import { startPostgres } from '../src/platform/postgres/index.ts'
import { createSecrets } from '../src/platform/secrets.ts'
import { closedBreaker } from '../src/platform/webhooks/breaker.ts'
import { createWebhooks } from '../src/platform/webhooks/index.ts'
import { firstSecret, sealSecrets } from '../src/platform/webhooks/signing-secrets.ts'
import { print } from './measure.ts'

const secrets = createSecrets({ masterKey: randomBytes(32) })

if (process.argv[2] === 'receive') await receive()
else await measure(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 20))

/** The second process: answers everything with 204, and counts. */
async function receive(): Promise<void> {
  let count = 0
  const server = createServer((request, response) => {
    count += 1
    request.resume().on('end', () => response.writeHead(204).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.on('message', () => process.send?.({ count }))
  process.send?.({ port: (server.address() as AddressInfo).port })
}

async function measure(deliveries: number, endpoints: number): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'panthera-bench-'))
  const receiver = fork(import.meta.filename, ['receive'])
  const postgres = await startPostgres({ dataDir })
  const db = openDatabase({ connection: postgres.connection, onError: console.error })
  try {
    await migrate(db.pool)
    const [{ port }] = await once(receiver, 'message')
    const webhooks = createWebhooks({
      db,
      secrets,
      log: createLog({ level: 'warn' }),
      metrics: createMetrics(),
      node: identifyNode(),
      outbound: createOutbound({
        allowCidrs: ['127.0.0.0/8'],
        setting: 'PANTHERA_WEBHOOK_ALLOW_CIDRS',
        userAgent: 'panthera/bench',
      }),
    })
    await enqueue(db, { deliveries, endpoints, url: `http://127.0.0.1:${port}/` })
    const started = performance.now()
    await webhooks.queue.run({ task: 'deliver' }, new AbortController().signal)
    const seconds = (performance.now() - started) / 1000
    receiver.send('count')
    const [{ count }] = await once(receiver, 'message')
    const done = await delivered(db)
    const what = `webhooks to ${endpoints} endpoints, ${done} delivered, ${count} received`
    print([{ what, ours: `${Math.round(done / seconds)}/s`, aim: '1000/s' }])
  } finally {
    receiver.kill()
    await db.close()
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** As many messages as there are deliveries, each to one endpoint, spread evenly. */
async function enqueue(
  db: Database,
  wanted: { deliveries: number; endpoints: number; url: string },
): Promise<void> {
  const organizationId = randomUUID()
  await db.inTenant(organizationId, async (tx) => {
    for (let count = 0; count < wanted.endpoints; count += 1) {
      const endpointId = randomUUID()
      const sealed = sealSecrets(secrets, { organizationId, endpointId }, [firstSecret(Date.now())])
      await tx.run(sql`
        insert into webhook_endpoints
          (organization_id, id, surface, url, events, sealed_secrets, breaker)
        values (${organizationId}, ${endpointId}, 'gate', ${wanted.url}, '{scan.completed}',
          ${sealed}, ${JSON.stringify(closedBreaker)})`)
    }
    const body = JSON.stringify({ event: 'scan.completed', data: { text: 'x'.repeat(500) } })
    await tx.run(sql`
      insert into webhook_messages (organization_id, id, event, body)
      select ${organizationId}, gen_random_uuid(), 'scan.completed', ${body}
        from generate_series(1, ${wanted.deliveries}::integer)`)
    await tx.run(sql`
      insert into webhook_deliveries (organization_id, id, endpoint_id, message_id)
      select m.organization_id, gen_random_uuid(), e.id, m.id
        from (select *, row_number() over () as nth from webhook_messages) m
        join (select *, row_number() over () as nth from webhook_endpoints) e
          on e.nth = m.nth % ${wanted.endpoints} + 1`)
  })
}

async function delivered(db: Database): Promise<number> {
  const { count } = await db.inSystem((tx) =>
    tx.one<{ count: number }>(
      sql`select count(*) from webhook_deliveries where status = 'delivered'`,
    ),
  )
  return count
}
