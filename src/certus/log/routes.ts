// /certus/api/log: the organization's log as C2SP tlog-tiles, and proofs for those who ask for one.
import { z } from 'zod'
import type { Tx } from '../../platform/db.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { isWhole } from '../packs/reach.ts'
import { consistencyPath, inclusionPath, tileWidth, tileWidthAt } from '../seal/log/tiles.ts'
import { damaged, whole } from './damage.ts'
import * as store from './store.ts'

const shared = { tag: 'Log', permission: 'read:evidence', method: 'GET', status: 200 } as const
const index = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const Proof = z.object({
  size: z.int(),
  path: z.array(z.string()).describe('SHA-256 hashes, base64, from the leaf up'),
})

export function logRoutes(platform: Platform): Route[] {
  return [...tileRoutes(platform), ...proofRoutes(platform)]
}

function tileRoutes({ db }: Platform): Route[] {
  return [
    route({
      ...shared,
      path: '/api/log/checkpoint',
      operationId: 'getCheckpoint',
      summary: 'The head of the log, as a signed note',
      reply: 'text/plain; charset=utf-8',
      errors: ['log_is_empty'],
      handle: async ({ caller: { organizationId } }) => {
        const head = await db.inTenant(organizationId, (tx) => store.head(tx, organizationId))
        if (head === null) throw errors.problem('log_is_empty')
        return streamed('text/plain; charset=utf-8', head.checkpoint)
      },
    }),
    route({
      ...shared,
      path: '/api/log/tile/*',
      operationId: 'getTile',
      summary: 'A tile of hashes, <level>/<index>[.p/<width>], or of entries, entries/<index>[…]',
      params: z.object({ '*': z.string().max(200) }),
      reply: 'application/octet-stream',
      errors: ['tile_not_found', 'entries_removed', 'evidence_damaged'],
      handle: async ({ caller, params, header }) => {
        const { organizationId } = caller
        const wanted = tileIn(params['*'])
        // Entries tell of all packs, hashes of none.
        const isOpen = wanted?.level !== null || isWhole(caller)
        if (wanted === null || !isOpen) throw errors.problem('tile_not_found')
        const bytes = await db.inTenant(organizationId, (tx) =>
          tileBytes(tx, organizationId, wanted),
        )
        if (bytes === null) throw errors.problem('tile_not_found')
        header('cache-control', 'private, max-age=31536000, immutable')
        return streamed('application/octet-stream', bytes)
      },
    }),
  ]
}

function proofRoutes({ db }: Platform): Route[] {
  return [
    route({
      ...shared,
      path: '/api/log/inclusion',
      operationId: 'proveInclusion',
      summary: 'The path from an entry to the root of the log (RFC 9162)',
      query: z.strictObject({ index, size: index.optional() }),
      reply: Proof.extend({ index: z.int() }),
      errors: ['evidence_damaged'],
      handle: async ({ caller: { organizationId }, query }) =>
        db.inTenant(organizationId, async (tx) => {
          const head = (await store.head(tx, organizationId))?.size ?? 0
          const size = within('size', query.size ?? head, { from: 0, to: head })
          within('index', query.index, { from: 0, to: size - 1 })
          const read = store.tilesOf(tx, organizationId)
          return {
            index: query.index,
            size,
            path: texts(await whole(inclusionPath(read, query.index, size))),
          }
        }),
    }),
    route({
      ...shared,
      path: '/api/log/consistency',
      operationId: 'proveConsistency',
      summary: 'The path that shows that the log only grew between two sizes (RFC 9162)',
      query: z.strictObject({ from: index, to: index.optional() }),
      reply: Proof.extend({ from: z.int() }),
      errors: ['evidence_damaged'],
      handle: async ({ caller: { organizationId }, query }) =>
        db.inTenant(organizationId, async (tx) => {
          const head = (await store.head(tx, organizationId))?.size ?? 0
          const size = within('to', query.to ?? head, { from: 1, to: head })
          within('from', query.from, { from: 1, to: size })
          const read = store.tilesOf(tx, organizationId)
          return {
            from: query.from,
            size,
            path: texts(await whole(consistencyPath(read, query.from, size))),
          }
        }),
    }),
  ]
}

/** Null where the log does not reach that far. */
async function tileBytes(
  tx: Tx,
  organizationId: string,
  { level, index, width }: WantedTile,
): Promise<Uint8Array | null> {
  const size = (await store.head(tx, organizationId))?.size ?? 0
  const name = { level: level ?? 0, index }
  const wide = width ?? tileWidth
  if (tileWidthAt(name, size) < wide) return null
  if (level === null) {
    const range = { from: index * tileWidth, count: wide }
    const entries = await store.entries(tx, organizationId, range)
    if (entries.length !== wide) throw damaged(`${wide - entries.length} entries of the tile`)
    const removed = entries.filter(({ text: entry }) => entry === null)
    if (removed.length > 0) {
      const told = removed.map(({ index: at, leaf }) => ({ log_index: at, leaf_hash: leaf }))
      throw errors.problem('entries_removed', { details: { removed: told } })
    }
    return bundled(entries.flatMap(({ text: entry }) => entry ?? []))
  }
  const hashes = await store.tilesOf(tx, organizationId)(name)
  if (hashes.length < wide * 32) throw damaged(`tile ${name.level}/${name.index}`)
  return hashes.subarray(0, wide * 32)
}

interface WantedTile {
  /** Null: of entries. */
  level: number | null
  index: number
  /** Of a partial tile. */
  width: number | null
}

const tileForm = /^(entries|\d|[1-5]\d|6[0-3])\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

function tileIn(path: string): WantedTile | null {
  const [, level, digits, partial] = tileForm.exec(path) ?? []
  if (level === undefined || digits === undefined) return null
  const at = Number(digits.replaceAll(/[x/]/g, ''))
  const width = partial === undefined ? null : Number(partial)
  if (!Number.isSafeInteger(at) || (width !== null && width >= tileWidth)) return null
  return { level: level === 'entries' ? null : Number(level), index: at, width }
}

/** Each entry behind its length in two bytes. */
function bundled(entries: readonly string[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const bytes = Buffer.from(entry)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(bytes.length)
      return [length, bytes]
    }),
  )
}

function within(field: string, value: number, { from, to }: { from: number; to: number }): number {
  if (value >= from && value <= to) return value
  const range = to < from ? 'the log has no entries yet' : `must be ${from} to ${to}`
  throw invalidField(field, range)
}

function texts(path: readonly Uint8Array[]): string[] {
  return path.map((hash) => Buffer.from(hash).toString('base64'))
}

function streamed(contentType: string, body: string | Uint8Array) {
  return { contentType, body: once(body) }
}

async function* once(body: string | Uint8Array) {
  yield body
}
