// Scans what a repository held once: each content once, where the scan of its files has not met
// it, and each secret once, where it came from first.
import type { Finding } from '../scanner/finding.ts'
import type { Coverage } from '../scanner/report/report.ts'
import type { FileResult } from '../scanner/scanner.ts'
import { Collector } from './collect.ts'
import { BlobReader } from './git/blobs.ts'
import type { Git } from './git/environment.ts'
import { commitAuthors, type HistoryBlob, historyBlobs } from './git/history.ts'
import { GitFailed } from './git/process.ts'
import { insideOf } from './inside.ts'
import type { ScanLimits } from './options.ts'
import { scanFiles } from './scan-files.ts'
import type { Session } from './session.ts'
import type { SkippedPath } from './skipped.ts'

export interface HistoryScan {
  git: Git
  gitDir: string
  /** Names of the contents that were scanned as files. */
  scanned: ReadonlySet<string>
  /** Why a path is left out, as the scan of the files decides it. */
  excludes: (path: string) => SkippedPath['reason'] | null
  /** The path to report a content under, or null where it lies outside of what is scanned. */
  place: (path: string) => string | null
  /** From the repository's top to where these paths begin. */
  prefix: string
}

/** Adds what it finds to `collector`, and answers what it looked at. */
export async function scanHistory(
  session: Session,
  collector: Collector,
  scan: HistoryScan,
): Promise<Coverage> {
  const { pool, history: scanner, limits, options } = session
  if (scanner === null) throw new TypeError('the session was opened without a history')
  const startedAt = performance.now()
  const own = new Collector(limits.findingsMax)
  const once = new Once(collector)
  const { git, gitDir } = scan
  const reader = new BlobReader(git, {
    gitDir,
    blobBytesMax: limits.fileBytesMax,
    signal: options.signal,
  })
  try {
    const scanned = scanFiles({
      pool,
      scanner,
      files: blobsToScan(session, own, scan),
      root: null,
      load: (blobs) => reader.readAll(blobs),
      limits,
      name: false,
      signal: options.signal,
    })
    let done = 0
    for await (const { file, result, bytes } of scanned) {
      own.add(once.filter(insideOf(result, scan.prefix), file.commit), bytes)
      options.onProgress?.({ stage: 'history', files_done: ++done, files_total: null })
    }
    await tellAuthors(session, scan, own.collected.findings)
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error
    own.fallShort(null, 'the history could not be read to its end')
  } finally {
    reader.close()
  }
  collector.addAll(own.collected)
  return own.coverage(performance.now() - startedAt)
}

async function* blobsToScan(
  { limits, options }: Session,
  own: Collector,
  { git, gitDir, scanned, excludes, place, prefix }: HistoryScan,
): AsyncGenerator<HistoryBlob> {
  const walk = { gitDir, exclude: scanned, signal: options.signal }
  let left = limits.filesMax
  for await (const blob of historyBlobs(git, walk)) {
    const path = place(blob.path)
    if (path === null) continue
    const reason = unfit(blob, limits) ?? excludes(path)
    if (reason !== null) own.skip(path, reason)
    else if (left-- === 0) return own.skip(path, 'too-many')
    else yield { ...blob, path: prefix + path }
  }
}

function unfit({ bytes, path }: HistoryBlob, limits: ScanLimits): SkippedPath['reason'] | null {
  if (path.split('/').length - 1 > limits.depthMax) return 'too-deep'
  return bytes > limits.fileBytesMax ? 'too-large' : null
}

/**
 * Lets each secret pass once: not again what the files still hold or a comment there has allowed,
 * nor its copies in other files and in every later version of a file.
 */
class Once {
  readonly #seen = new Set<string>()

  constructor({ collected: { findings, suppressed } }: Collector) {
    for (const finding of findings) this.#isNew(finding)
    for (const { finding } of suppressed) this.#isNew(finding)
  }

  filter(result: FileResult, commit: string): FileResult {
    const suppressed = result.suppressed.filter(({ finding }) => this.#isNew(finding))
    const findings = result.findings.filter((finding) => this.#isNew(finding))
    if (commit === '') return { ...result, suppressed, findings }
    const origin = { commit, author: null, date: null }
    return { ...result, suppressed, findings: findings.map((each) => ({ ...each, origin })) }
  }

  #isNew(finding: Finding): boolean {
    const names = namesOf(finding)
    const isNew = !names.some((name) => this.#seen.has(name))
    for (const name of names) this.#seen.add(name)
    return isNew
  }
}

/** What makes a finding the same one as another, of which one name suffices. */
function namesOf({ ruleId, location, excerpt, fingerprints }: Finding): string[] {
  const name = ({ algorithm, value }: Finding['fingerprints'][number]) => `${algorithm} ${value}`
  const byValue = fingerprints.filter(({ algorithm }) => algorithm.startsWith('secret'))
  if (byValue.length > 0) return byValue.map(name)
  // Without the value, lines around it that change would make every version another finding.
  const line = (location?.line ?? 0) - (excerpt?.startLine ?? 0)
  const place = `line ${ruleId} ${location?.path} ${excerpt?.lines[line] ?? location?.line}`
  return [place, ...fingerprints.map(name)]
}

async function tellAuthors(
  { options }: Session,
  { git, gitDir }: HistoryScan,
  findings: Finding[],
): Promise<void> {
  const commits = [...new Set(findings.flatMap(({ origin }) => origin?.commit ?? []))]
  const authors = await commitAuthors(git, gitDir, commits, options.signal)
  for (const { origin } of findings) {
    if (origin !== null) Object.assign(origin, authors.get(origin.commit))
  }
}
