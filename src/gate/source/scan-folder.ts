// Scans a folder of this machine: without a network, and without writing into it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import type { ProjectWord } from '../scanner/project/word.ts'
import type { Coverage } from '../scanner/report/report.ts'
import { openStampCache, type StampCache } from './cache/stamps.ts'
import { Collector } from './collect.ts'
import { borrowRepository } from './git/borrow.ts'
import { type LocatedRepository, locateRepository } from './git/locate.ts'
import { GitFailed } from './git/process.ts'
import { insideOf, topOf, without } from './inside.ts'
import type { ScanOptions } from './options.ts'
import { outcomeOf, type ScanOutcome } from './outcome.ts'
import { type Place, placeOf } from './place.ts'
import { exclusionOf, readProject, settled } from './project.ts'
import { scanHistory } from './scan-history.ts'
import { scanTree } from './scan-tree.ts'
import { membersOf, scanUnits, type UnitMember } from './scan-units.ts'
import { type Session, withSession } from './session.ts'
import { type Walk, walk } from './walk.ts'

export interface FolderScan extends ScanOptions {
  /** Hears of every file that was looked at, with the git name of its content. */
  onFile?: ((path: string, blob: string | null) => void) | undefined
  /** A folder, or a single file. */
  root: string
}

/** The history of a folder was asked for that belongs to no repository with a commit. */
export class NoHistoryError extends Error {
  constructor() {
    super('there is no git repository with a commit here, so there is no history to scan')
    this.name = 'NoHistoryError'
  }
}

/**
 * @throws {NoHistoryError}; {SettingsError}; {Error} with the code of the file system when the
 * root cannot be read; {RuleError} when a rule is wrong; the signal's reason after an abort.
 */
export async function scanFolder(options: FolderScan): Promise<ScanOutcome> {
  const startedAt = performance.now()
  const place = placeOf(options.root)
  const repository = options.history ? locateRepository(place.folder) : null
  if (options.history && repository === null) throw new NoHistoryError()
  // A scan never writes into the scanned tree, even where that holds the user's cache folder.
  const cacheDir = isInside(options.cacheDir, place.folder) ? null : options.cacheDir
  return withSession({ ...options, cacheDir }, async (session) => {
    const collector = new Collector(session.limits.findingsMax)
    const project = options.project === undefined ? readProject(place.folder) : options.project
    const { walked, contents } = await scanWalked(
      session,
      { collector, onFile: options.onFile, project },
      place,
    )
    const history =
      repository === null
        ? null
        : await scanOwnHistory({ session, collector, place, walked, contents, repository })
    const outcome = await outcomeOf(session, collector, { history, startedAt })
    const whole = place.only === null && options.ignore !== false
    return project === null ? outcome : settled(outcome, { word: project, whole })
  })
}

function isInside(path: string | null | undefined, folder: string): boolean {
  if (!path) return false
  const from = relative(folder, resolve(path))
  return from === '' || !(from === '..' || from.startsWith(`..${sep}`) || resolve(from) === from)
}

async function scanWalked(
  session: Session,
  {
    collector,
    onFile,
    project,
  }: { collector: Collector; onFile: FolderScan['onFile']; project: ProjectWord | null },
  { folder, only }: Place,
) {
  const { options, limits, pool, tree, cacheDir } = session
  const { signal, onProgress } = options
  const ignore = options.ignore ?? true
  const excludes = project === null ? undefined : exclusionOf(project)
  const walked = await walk({ root: join(folder, only ?? ''), ignore, excludes, limits, signal })
  const top = topOf(folder)
  for (const { path, reason } of walked.skipped) collector.skip(path, reason)
  // What one file says of its folder would make the folder's own entries forgotten.
  const stamps = cacheDir && only === null ? await openStampCache(cacheDir, folder) : null
  const contents = new Set<string>()
  const group = { pool, scanner: tree, root: top.folder, limits, signal }
  let done = 0
  const scanned = scanTree({
    ...group,
    files: namedFiles(walked, stamps, top.prefix),
    name:
      onFile !== undefined || stamps !== null || tree.cache !== null || options.history === true,
    onDone: () =>
      onProgress?.({ stage: 'scanning', files_done: ++done, files_total: walked.files.length }),
  })
  const members: UnitMember[] = []
  for await (const one of scanned) {
    const { file, bytes, blob, stamp } = one
    const result = insideOf(one.result, top.prefix)
    collector.add(result, bytes)
    if (one.isUnproved) collector.doubt(result.path)
    members.push(...membersOf(one))
    onFile?.(file.inside, blob)
    if (blob !== null) contents.add(blob)
    if (blob !== null && stamp !== null) stamps?.set(file.inside, stamp, blob)
  }
  for await (const { result, files } of scanUnits(members, group)) {
    const inside = files.map((path) => without(top.prefix, path))
    collector.addUnit(insideOf(result, top.prefix), inside)
  }
  await stamps?.save()
  return { walked, contents }
}

function* namedFiles({ files }: Walk, stamps: StampCache | null, prefix: string) {
  for (const { path, bytes, stamp } of files) {
    const blob = stamps?.get(path, stamp) ?? null
    yield { path: prefix + path, inside: path, bytes, blob }
  }
}

interface OwnHistory {
  session: Session
  collector: Collector
  place: Place
  walked: Walk
  contents: ReadonlySet<string>
  repository: LocatedRepository
}

async function scanOwnHistory(own: OwnHistory): Promise<Coverage> {
  const { session, collector, place, walked, contents, repository } = own
  const { prefix } = topOf(place.folder)
  const scratchDir = await mkdtemp(join(tmpdir(), 'panthera-scan-'))
  try {
    const { signal } = session.options
    const borrowed = await borrowRepository(repository.gitDir, scratchDir, signal)
    if (borrowed === null) throw new NoHistoryError()
    return await scanHistory(session, collector, {
      ...borrowed,
      scanned: contents,
      excludes: walked.excludes,
      prefix,
      place: (path) => {
        if (!path.startsWith(prefix)) return null
        const inside = path.slice(prefix.length)
        return place.only === null || place.only === inside ? inside : null
      },
    })
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error
    collector.fallShort(null, 'the history could not be read: git cannot open the repository')
    return new Collector(0).coverage(0)
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}
