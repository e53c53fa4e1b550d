// SQL of an organization's log.
import { sql, type Tx } from '../../platform/db.ts'
import type { ReadTile, Tile } from '../seal/log/tiles.ts'

export interface Head {
  /** Names the log and its key. */
  origin: string
  size: number
  checkpoint: string
}

/** Null before the first entry. */
export async function head(tx: Tx, organizationId: string): Promise<Head | null> {
  return tx.maybe<Head>(sql`select origin, size::float8 as size, checkpoint from evidence_logs
    where organization_id = ${organizationId}`)
}

/** Holds the log until the transaction ends: nobody else appends meanwhile. */
export async function lock(tx: Tx, organizationId: string, originAtFirst: string): Promise<Head> {
  await tx.run(sql`insert into evidence_logs (organization_id, origin, size, checkpoint)
    values (${organizationId}, ${originAtFirst}, 0, '') on conflict do nothing`)
  return tx.one<Head>(sql`select origin, size::float8 as size, checkpoint
    from evidence_logs where organization_id = ${organizationId} for update`)
}

export async function advance(
  tx: Tx,
  organizationId: string,
  to: Omit<Head, 'origin'>,
): Promise<void> {
  await tx.run(sql`update evidence_logs set size = ${to.size}, checkpoint = ${to.checkpoint}
    where organization_id = ${organizationId}`)
}

/** Each tile is read once. A tile that is not there has no hashes. */
export function tilesOf(tx: Tx, organizationId: string): ReadTile {
  const known = new Map<string, Promise<Uint8Array>>()
  const read: ReadTile = async ({ level, index }) => {
    const row = await tx.maybe<{ hashes: Buffer }>(sql`select hashes from evidence_log_tiles
      where organization_id = ${organizationId} and level = ${level} and index = ${index}`)
    return row?.hashes ?? new Uint8Array()
  }
  return (name) => {
    const key = `${name.level}/${name.index}`
    const tile = known.get(key) ?? read(name)
    known.set(key, tile)
    return tile
  }
}

export async function writeTiles(
  tx: Tx,
  organizationId: string,
  tiles: readonly Tile[],
): Promise<void> {
  const levels = tiles.map(({ level }) => level)
  const indexes = tiles.map(({ index }) => index)
  const hashes = tiles.map((tile) => Buffer.from(tile.hashes))
  await tx.run(sql`
    insert into evidence_log_tiles (organization_id, level, index, hashes)
    select ${organizationId}, t.* from
      unnest(${levels}::integer[], ${indexes}::bigint[], ${hashes}::bytea[]) as t
    on conflict (organization_id, level, index) do update set hashes = excluded.hashes`)
}

export interface Entry {
  index: number
  /** Null of a pack that was removed. */
  text: string | null
  /** Base64, of a removed one. */
  leaf: string | null
}

/** The entries from `from` on, in their order. */
export async function entries(
  tx: Tx,
  organizationId: string,
  range: { from: number; count: number },
): Promise<Entry[]> {
  const within = sql`organization_id = ${organizationId}
    and log_index >= ${range.from} and log_index < ${range.from + range.count}`
  return tx.rows<Entry>(sql`
    select log_index::float8 as index, envelope as text, null as leaf
      from evidence_packs where ${within}
    union all select log_index::float8, entry, null from evidence_log_records where ${within}
    union all select log_index::float8, null, encode(leaf_hash, 'base64')
      from evidence_tombstones where ${within}
    order by 1`)
}

export async function insertRecord(
  tx: Tx,
  organizationId: string,
  { index, entry }: { index: number; entry: string },
): Promise<void> {
  await tx.run(sql`insert into evidence_log_records (organization_id, log_index, entry)
    values (${organizationId}, ${index}, ${entry})`)
}
