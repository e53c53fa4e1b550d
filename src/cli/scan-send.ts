// `panthera scan --send`: hands what a scan found to a server, which treats it as a scan of its
// own. The source stays where it is.
import { realpathSync, statSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { createClient } from '../client/client.ts'
import { findCredentials } from '../client/credentials.ts'
import type { SentScan as Answer } from '../client/types.ts'
import type { Finding, ScanType } from '../gate/scanner/finding.ts'
import { withoutBlind } from '../gate/scanner/fingerprint.ts'
import type { Report } from '../gate/scanner/report/report.ts'
import { type SentScan, writeSent } from '../gate/scanner/report/sent.ts'
import { type Checkout, readCheckout } from '../gate/source/git/checkout.ts'
import { provenTypes, type ScanOutcome } from '../gate/source/scan.ts'
import { branchOfCi } from './ci.ts'
import { type RepositoryName, readRemote, readRepository } from './repository-name.ts'
import { printable } from './terminal.ts'
import { UsageError } from './usage-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface Destination {
  checkout: Checkout
  repository: RepositoryName
  branch: string
  /** From the repository's top to the scanned folder. */
  prefix: string
}

export interface DestinationOptions {
  root: string
  repository?: string | undefined
  branch?: string | undefined
  env: Environment
}

/**
 * What the findings belong to, known before anything is scanned.
 * @throws {UsageError} that says what to give
 */
export async function destinationOf(asked: DestinationOptions): Promise<Destination> {
  const { root, env } = asked
  if (!statSync(root).isDirectory()) {
    throw new UsageError(`--send: ${root} is a file`, 'Give the folder of the repository.')
  }
  const checkout = await readCheckout(root)
  if (checkout === null) {
    throw new UsageError(
      `--send: ${root} is in no git repository with a commit`,
      'A server files findings under a repository, a branch and a commit.',
    )
  }
  const named = asked.repository ?? env.PANTHERA_REPOSITORY
  const repository = named === undefined ? readRemote(checkout.remote) : readRepository(named)
  if (repository === null) {
    throw new UsageError(
      '--send: the repository has no origin that says what it is',
      'Say it: --repository github:owner/name',
    )
  }
  const branch = asked.branch ?? checkout.branch ?? branchOfCi(env)
  if (branch === null) {
    throw new UsageError(
      '--send: no branch is checked out',
      'Say for which it counts: --branch main',
    )
  }
  const folders = relative(realpathSync(checkout.top), realpathSync(root))
  const prefix = folders === '' ? '' : `${folders.split(sep).join('/')}/`
  return { checkout, repository, branch, prefix }
}

/** Whether the files that were looked at are exactly those that the commit has in that folder. */
export function isWhole(
  { checkout, prefix }: Destination,
  seen: ReadonlyMap<string, string | null>,
): boolean {
  const inside = [...checkout.contents.keys()].filter((path) => path.startsWith(prefix))
  if (seen.size !== inside.length) return false
  return [...seen].every(([path, blob]) => checkout.contents.get(prefix + path) === blob)
}

/**
 * What the scan says that it looked at. Of a folder only what its files show one by one is proved,
 * which is secrets: a lock file, a module or a caller above it may be part of what would be found.
 */
export function scopeOf(
  outcome: ScanOutcome,
  { prefix, whole }: { prefix: string; whole: boolean },
): { scan: SentScan; rules: readonly { id: string }[] } {
  const { history, advisories, rules, selectedIds } = outcome
  const engines = provenTypes(outcome)
  const shared = { history: history !== null, advisories: advisories.date }
  if (prefix === '') {
    const known = selectedIds.map((id) => ({ id }))
    return { scan: { ...shared, engines, partial: !whole }, rules: [...rules, ...known] }
  }
  const alone = (type: ScanType) => type === 'secrets'
  const others = new Set(rules.flatMap(({ id, scanType }) => (alone(scanType) ? [] : [id])))
  const within = whole ? { within: prefix } : {}
  return {
    scan: { ...shared, history: false, engines: engines.filter(alone), partial: true, ...within },
    // A name that rules of both kinds have would prove the others too.
    rules: rules.filter(({ id }) => !others.has(id)),
  }
}

/** One scan on its way to a server: what it must be told, and what it must hear of. */
export interface Sending {
  scan: { fingerprintKey: 'blind'; onFile: (path: string, blob: string | null) => void }
  /** What reports may show of the outcome. */
  shown: (outcome: ScanOutcome) => ScanOutcome
  /** Hands it over; answers a line for the reader. @throws as `withServer` expects */
  finish: (outcome: ScanOutcome, report: Report) => Promise<string>
}

/** @throws {UsageError} that says what to give; {NoCredentials}, {WrongUrl} */
export async function prepareSending(asked: DestinationOptions): Promise<Sending> {
  const destination = await destinationOf(asked)
  const credentials = await findCredentials(asked.env, 'gate')
  const seen = new Map<string, string | null>()
  return {
    scan: { fingerprintKey: 'blind', onFile: (path, blob) => void seen.set(path, blob) },
    shown: (outcome) => ({
      ...outcome,
      findings: outcome.findings.map(withoutDigests),
      suppressed: outcome.suppressed.map((one) => ({
        ...one,
        finding: withoutDigests(one.finding),
      })),
    }),
    async finish(outcome, report) {
      const { findings, suppressed, advisories, shortfalls } = outcome
      const { checkout, repository, branch, prefix } = destination
      const whole = isWhole(destination, seen)
      const { scan, rules } = scopeOf(outcome, { prefix, whole })
      const query = new URLSearchParams({ ...repository, branch, commit: checkout.commit })
      const stored = await createClient(credentials).upload<Answer>(
        `/gate/api/scans/import?${query}`,
        writeSent(
          { ...report, rules, findings, suppressed, looked: { ...advisories, shortfalls } },
          { scan, prefix },
        ),
      )
      const proves = !whole
        ? '; its files are not those of the commit, so nothing is resolved'
        : prefix === ''
          ? ''
          : `; only ${printable(prefix)} was looked at, so only secrets there are resolved`
      return `Sent to ${credentials.url} as scan ${stored.scan_id} of ${branch}${proves}`
    },
  }
}

function withoutDigests(finding: Finding): Finding {
  return { ...finding, fingerprints: withoutBlind(finding.fingerprints) }
}
