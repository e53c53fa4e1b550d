// Chains audit rows within a second of their commit, and signs where the chain stands: within a
// minute, or after so many rows. Every node runs it; the head's row lets one at a time do so.
import { type Database, sql, type Tx } from '../db.ts'
import type { Logger } from '../log.ts'
import { appendEvent } from '../outbox.ts'
import type { Secrets } from '../secrets.ts'
import {
  type ChainedEvent,
  type Checkpoint,
  chainHash,
  firstPrevious,
  signCheckpoint,
} from './chain.ts'
import { auditCheckpointSigned } from './checkpoint-event.ts'
import { auditSigningKey } from './signing-key.ts'

export interface Sealer {
  /** Seals what has been committed and signs where the chain then stands. */
  seal(organizationId: string): Promise<void>
  start(): void
  stop(): Promise<void>
}

const pollMs = 400
const batchMax = 500
const organizationsMax = 200
const unsignedRowsMax = 1_000
const unsignedMsMax = 60_000

export interface SealerOptions {
  db: Database
  secrets: Secrets
  log: Logger
  now: () => number
}

export function createSealer(options: SealerOptions): Sealer {
  const { db, log } = options
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null

  async function round(): Promise<void> {
    for (const organizationId of await db.inSystem((tx) => waiting(tx, options.now()))) {
      try {
        await sealAll(options, organizationId, 'when due')
      } catch (error) {
        // One organization must not hold up the others.
        log.error({ err: error, organization_id: organizationId }, 'audit rows were not sealed')
      }
    }
  }

  function poll(): void {
    running ??= round()
      .catch((error: unknown) => log.warn({ err: error }, 'audit rows could not be looked for'))
      .finally(() => {
        running = null
      })
  }

  return {
    seal: (organizationId) => sealAll(options, organizationId, 'now'),
    start() {
      timer = setInterval(poll, pollMs)
    },
    async stop() {
      if (timer !== null) clearInterval(timer)
      await running
    },
  }
}

/** Organizations with rows to chain, or with a chain to sign. */
async function waiting(tx: Tx, now: number): Promise<string[]> {
  const signedBefore = new Date(now - unsignedMsMax)
  const rows = await tx.rows<{ organization_id: string }>(sql`
    (select distinct organization_id from audit_pending limit ${organizationsMax})
    union
    (select organization_id from audit_heads
      where checkpoint_seq < seq and checkpoint_at < ${signedBefore} limit ${organizationsMax})`)
  return rows.map((row) => row.organization_id)
}

async function sealAll(
  options: SealerOptions,
  organizationId: string,
  signing: 'now' | 'when due',
): Promise<void> {
  for (;;) {
    const sealed = await options.db.inTenant(organizationId, async (tx) => {
      const head = await takeHead(tx, organizationId)
      const count = await sealBatch(tx, organizationId, head)
      const isLast = count < batchMax
      const unsigned = head.seq - head.checkpoint_seq
      const waitedMs = options.now() - Date.parse(head.checkpoint_at)
      const due = unsigned >= unsignedRowsMax || waitedMs >= unsignedMsMax
      if (unsigned > 0 && isLast && (due || signing === 'now')) {
        await sign(tx, options, { organizationId, head })
      }
      return count
    })
    if (sealed < batchMax) return
  }
}

interface Head {
  seq: number
  hash: Buffer
  checkpoint_seq: number
  checkpoint_at: string
}

async function takeHead(tx: Tx, organizationId: string): Promise<Head> {
  await tx.run(sql`insert into audit_heads (organization_id, hash)
    values (${organizationId}, ${Buffer.from(firstPrevious, 'hex')}) on conflict do nothing`)
  return tx.one<Head>(sql`select seq, hash, checkpoint_seq, checkpoint_at from audit_heads
    where organization_id = ${organizationId} for update`)
}

/** Moves the head along; answers how many rows it went. */
async function sealBatch(tx: Tx, organizationId: string, head: Head): Promise<number> {
  const events = await tx.rows<ChainedEvent>(sql`
    with taken as (
      delete from audit_pending where organization_id = ${organizationId} and event_id in (
        select event_id from audit_pending where organization_id = ${organizationId}
         order by event_id limit ${batchMax})
      returning event_id)
    select e.id, e.at, e.actor, e.action, e.object_type, e.object_id, e.address, e.request_id,
      e.result, e.details
    from taken join audit_events e
      on e.organization_id = ${organizationId} and e.id = taken.event_id
    order by e.id`)
  if (events.length === 0) return 0
  const hashes: Buffer[] = []
  const firstSeq = head.seq + 1
  for (const event of events) {
    head.seq += 1
    const previous = head.hash.toString('hex')
    head.hash = Buffer.from(chainHash({ organizationId, seq: head.seq, previous, event }), 'hex')
    hashes.push(head.hash)
  }
  const ids = events.map(({ id }) => id)
  await tx.run(sql`insert into audit_seals (organization_id, seq, event_id, hash)
    select ${organizationId}, ${firstSeq} + n - 1, id, hash
      from unnest(${ids}::uuid[], ${hashes}::bytea[]) with ordinality as u (id, hash, n)`)
  await tx.run(sql`update audit_heads set seq = ${head.seq}, hash = ${head.hash}
    where organization_id = ${organizationId}`)
  return events.length
}

async function sign(
  tx: Tx,
  options: SealerOptions,
  { organizationId, head }: { organizationId: string; head: Head },
): Promise<void> {
  const key = await auditSigningKey(tx, options.secrets, organizationId)
  const at = new Date(options.now()).toISOString()
  const { seq } = head
  const checkpoint: Checkpoint = {
    organization_id: organizationId,
    seq,
    hash: head.hash.toString('hex'),
    at,
    key_id: key.id,
  }
  const signature = Buffer.from(signCheckpoint(checkpoint, key.privateKey), 'base64url')
  await tx.run(sql`insert into audit_checkpoints
      (organization_id, seq, hash, at, key_id, signature)
    values (${organizationId}, ${seq}, ${head.hash}, ${at}, ${key.id}, ${signature})`)
  await tx.run(sql`update audit_heads set checkpoint_seq = ${seq}, checkpoint_at = ${at}
    where organization_id = ${organizationId}`)
  await appendEvent(tx, auditCheckpointSigned, { organizationId, payload: { seq, at } })
}
