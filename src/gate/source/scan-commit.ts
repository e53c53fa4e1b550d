// Scans one commit of a repository that was cloned, without checking it out.
import { Collector } from './collect.ts'
import { BlobReader } from './git/blobs.ts'
import { type Git, prepareGit } from './git/environment.ts'
import { listTree, type TreeListing } from './git/tree.ts'
import { insideOf, without } from './inside.ts'
import type { ScanOptions } from './options.ts'
import { outcomeOf, type ScanOutcome } from './outcome.ts'
import { readProjectOf, settled } from './project.ts'
import { scanHistory } from './scan-history.ts'
import { scanTree } from './scan-tree.ts'
import { membersOf, scanUnits, type UnitMember } from './scan-units.ts'
import { withSession } from './session.ts'
import { Shelf } from './shelf.ts'

export interface CommitScan extends ScanOptions {
  gitDir: string
  /** Or a tree of it, of which `prefix` tells where it lies. */
  commit: string
  /** From the repository's top to the tree; none unless given. */
  prefix?: string | undefined
  /** A folder of the scan's own, for git's configuration and home. */
  scratchDir: string
}

/**
 * @throws {GitFailed} when the commit cannot be read; {RuleError} when a rule is wrong; the
 * signal's reason after an abort.
 */
export async function scanCommit(options: CommitScan): Promise<ScanOutcome> {
  const startedAt = performance.now()
  const { gitDir, commit, signal, prefix = '' } = options
  const git = await prepareGit(options.scratchDir)
  return withSession(options, async (session) => {
    const { limits, pool, tree } = session
    const collector = new Collector(limits.findingsMax)
    const ignore = options.ignore ?? true
    const listing = await listTree(git, { gitDir, commit, limits, ignore, signal })
    for (const { path, reason } of listing.skipped) collector.skip(path, reason)
    const project = await projectOf(git, listing, options)
    const reader = new BlobReader(git, { gitDir, blobBytesMax: limits.manifestBytesMax, signal })
    try {
      const load = (blobs: readonly string[]) => reader.readAll(blobs)
      const files = listing.files.map((file) => ({ ...file, path: prefix + file.path }))
      const group = { pool, scanner: tree, files, root: null, load, limits, signal }
      const shelf = new Shelf(options.scratchDir, load)
      const members: UnitMember[] = []
      let done = 0
      const onDone = () =>
        options.onProgress?.({
          stage: 'scanning',
          files_done: ++done,
          files_total: files.length,
        })
      for await (const scanned of scanTree({ ...group, name: false, shelf, onDone })) {
        const result = insideOf(scanned.result, prefix)
        collector.add(result, scanned.bytes)
        if (scanned.isUnproved) collector.doubt(result.path)
        members.push(...membersOf(scanned))
      }
      for await (const { result, files } of scanUnits(members, group)) {
        const inside = files.map((path) => without(prefix, path))
        collector.addUnit(insideOf(result, prefix), inside)
      }
    } finally {
      reader.close()
    }
    const history = options.history
      ? await scanHistory(session, collector, {
          git,
          gitDir,
          scanned: new Set(listing.files.map(({ blob }) => blob)),
          excludes: listing.excludes,
          place: (path) => path,
          prefix: '',
        })
      : null
    const outcome = await outcomeOf(session, collector, { history, startedAt })
    return project === null ? outcome : settled(outcome, { ...project, whole: true })
  })
}

async function projectOf(git: Git, { files }: TreeListing, options: CommitScan) {
  const { project, gitDir, signal } = options
  if (project === undefined) return readProjectOf(git, files, { gitDir, signal })
  return project === null ? null : { word: project }
}
