// The second look: files that only together mean something, once all of them are known.
import { createHash } from 'node:crypto'
import type { FileResult } from '../scanner/scanner.ts'
import { groupUnits, type Member, type UnitPlan } from '../scanner/units.ts'
import { inOrder } from './ordered.ts'
import type { LoadedFile } from './pool.ts'
import type { FileGroup, Scanned, SourceFile } from './scan-files.ts'

/** A file of the first look that belongs to a unit. */
export interface UnitMember extends Member {
  /** Git name of its content, where it is known. */
  blob: string | null
  bytes: number
}

export function membersOf({ file, result, bytes, blob }: Scanned<SourceFile>): UnitMember[] {
  const { path } = file
  return (result.memberships ?? []).map((membership) => ({ path, membership, blob, bytes }))
}

export interface UnitResult {
  result: FileResult
  /** Paths of its files. */
  files: readonly string[]
}

type Group = Omit<FileGroup<SourceFile>, 'files' | 'name'>

export async function* scanUnits(
  members: readonly UnitMember[],
  group: Group,
): AsyncGenerator<UnitResult> {
  const byPath = new Map(members.map((member) => [member.path, member]))
  const plans = groupUnits(members)
  yield* inOrder(plans, group.pool.workers + 2, (plan) => scanUnit(plan, byPath, group))
}

async function scanUnit(
  plan: UnitPlan,
  byPath: ReadonlyMap<string, UnitMember>,
  { pool, scanner, root, load, limits, signal }: Group,
): Promise<UnitResult> {
  const { path, kind } = plan
  const { members, cut } = withinLimits(plan, byPath)
  const digest = digestOf(members, cut)
  const known = digest === null ? null : (scanner.cache?.get(path, digest) ?? null)
  if (known !== null) return { result: known, files: plan.files }
  const files = members.map((member) => ({ path: member.path, blob: member.blob }))
  const batch = {
    scanner: scanner.place,
    root,
    limits,
    name: false,
    files: [{ path, blob: null, known: [], unit: { kind, files } }],
    ...(load && {
      load: (asked: readonly LoadedFile[]) => load(asked.map(({ blob }) => blob ?? '')),
    }),
  }
  const [outcome] = await pool.scan(batch, signal)
  const result = outcome?.result
  if (!result) throw new TypeError(`no result for ${path}`)
  if (cut !== null) result.incomplete ??= cut
  if (digest !== null) scanner.cache?.set(digest, result)
  return { result, files: plan.files }
}

function withinLimits({ files }: UnitPlan, byPath: ReadonlyMap<string, UnitMember>) {
  const all = files.flatMap((file) => byPath.get(file) ?? [])
  let bytes = 0
  const within = all.findIndex((member, index) => {
    bytes += member.bytes
    return bytes > unitBytesMax || index >= unitFilesMax
  })
  if (within === -1) return { members: all, cut: null }
  const cut = `only the first ${within} of its ${all.length} files were looked at together`
  return { members: all.slice(0, within), cut }
}

const unitBytesMax = 128 << 20
const unitFilesMax = 10_000

/** Names the contents of a unit; null where one of them has no name. */
function digestOf(members: readonly UnitMember[], cut: string | null): string | null {
  if (members.some(({ blob }) => blob === null)) return null
  const hash = createHash('sha1').update(cut ?? '')
  for (const { path, blob } of members) hash.update(`${path}\0${blob}\n`)
  return hash.digest('hex')
}
