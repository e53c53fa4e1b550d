// `panthera evidence pack`: scans a working copy, says what that means for the controls of
// frameworks, grades it and seals it. Of the source nothing goes into the pack.
import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { type ArgsDef, defineCommand } from 'citty'
import type { Catalogue } from '../certus/seal/controls/framework.ts'
import { type Grade, grades, isAtLeast } from '../certus/seal/grade/score.ts'
import type { Json, JsonObject } from '../certus/seal/json/read.ts'
import { packOf } from '../certus/seal/scan/pack.ts'
import { sealedBytes, sealOf } from '../certus/seal/submission.ts'
import {
  CoverageFault,
  type CoverageReport,
  readCoverage,
  reportBytesMax,
} from '../certus/seal/test-coverage/report.ts'
import { findEvidenceSecret } from '../client/credentials.ts'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import { packageVersion } from '../gate/source/package.ts'
import { defaultCacheDirectory, type ScanFacts } from '../gate/source/scan.ts'
import { valuesOf } from './arguments.ts'
import { pullRequestOfCi } from './ci.ts'
import { differenceOf, type Place, placeOfEvidence } from './evidence-place.ts'
import { scanForEvidence } from './evidence-scan.ts'
import { summaryOf } from './evidence-summary.ts'
import { exitCodes } from './exit-codes.ts'
import { catalogue } from './frameworks.ts'
import { writeToFile, writeToStdout } from './output.ts'
import { projectOf } from './project.ts'
import { readWorkers } from './scan-options.ts'
import { runScan } from './scan-run.ts'
import { engineList } from './settings.ts'
import { UsageError } from './usage-error.ts'

const args = {
  path: { type: 'positional', default: '.', description: 'The folder of a git repository' },
  output: { type: 'string', valueHint: 'FILE', description: 'where the pack goes [stdout]' },
  coverage: {
    type: 'string',
    valueHint: 'FILE',
    description: 'test coverage as lcov, Cobertura or JaCoCo; may be repeated',
  },
  framework: {
    type: 'string',
    valueHint: 'ID',
    description: 'the controls of this framework alone; may be repeated',
  },
  only: { type: 'string', valueHint: 'ENGINES', description: 'run these engines alone' },
  repository: {
    type: 'string',
    valueHint: 'OWNER/NAME',
    description: 'what it is filed under; from origin unless given',
  },
  branch: { type: 'string', valueHint: 'NAME', description: 'the one checked out unless given' },
  'pull-request': { type: 'string', valueHint: 'N', description: 'its number' },
  id: { type: 'string', description: 'the id of the pack; a new one unless given' },
  toward: {
    type: 'enum',
    options: [...grades],
    description: 'tell the cheapest way to this grade; the next better one unless given',
  },
  'fail-below': {
    type: 'enum',
    options: [...grades],
    description: 'exit with 1 where the grade is worse',
  },
  unsealed: { type: 'boolean', description: 'without a seal: submit seals it, or refuses it' },
  cache: { type: 'boolean', default: true, negativeDescription: 'scan everything anew' },
  workers: { type: 'string', valueHint: 'N', description: 'processes that scan' },
  quiet: { type: 'boolean', description: 'no progress and no summary' },
} satisfies ArgsDef

export const pack = defineCommand({
  meta: { name: 'pack', description: 'Scan a working copy and make a sealed evidence pack of it' },
  args,
  run: async ({ args: asked, rawArgs }): Promise<number> => {
    const secret = asked.unsealed ? null : await requiredSecret()
    const made = await makePack({
      root: asked.path,
      repository: asked.repository,
      branch: asked.branch,
      pullRequest: pullRequestIn(asked['pull-request']),
      id: asked.id,
      only: asked.only,
      frameworks: valuesOf(args, rawArgs, 'framework'),
      coverage: valuesOf(args, rawArgs, 'coverage'),
      workers: readWorkers(asked.workers),
      cache: asked.cache,
      quiet: asked.quiet ?? false,
    })
    const sealed =
      secret === null ? made : { ...made, signed_hash: sealOf(sealedBytes(made), secret) }
    const text = [`${JSON.stringify(sealed, null, 2)}\n`]
    if (asked.output === undefined) await writeToStdout(text)
    else await writeToFile(asked.output, text)
    const toward = grades.find((grade) => grade === asked.toward) ?? null
    if (!asked.quiet) process.stderr.write(withoutCommands(`\n${summaryOf(made, toward)}`))
    const least = grades.find((grade) => grade === asked['fail-below'])
    const fails = least !== undefined && !isAtLeast(made.grade as Grade, least)
    return fails ? exitCodes.findings : exitCodes.clean
  },
})

export interface PackOptions {
  root: string
  repository?: string | undefined
  branch?: string | undefined
  pullRequest?: number | undefined
  id?: string | undefined
  only?: string | undefined
  frameworks: readonly string[]
  coverage: readonly string[]
  workers?: number | undefined
  cache: boolean
  quiet: boolean
}

/** Without a seal. @throws {UsageError} for what the caller can mend */
export async function makePack(asked: PackOptions): Promise<JsonObject> {
  const { root, repository, branch } = asked
  const controls = narrowed(catalogue(), asked.frameworks)
  if (asked.id !== undefined && !/^[\w.:-]{1,200}$/.test(asked.id)) {
    throw new UsageError(`--id does not take "${asked.id}"`, 'It takes letters, digits and "._:-".')
  }
  const coverage = await Promise.all(asked.coverage.map(coverageIn))
  const place = await placeOfEvidence({ root, repository, branch, env: process.env })
  const only = asked.only === undefined ? undefined : engineList(asked.only, '--only')
  const project = await projectOf(root, { flags: { only }, env: process.env })
  const seen = new Map<string, string | null>()
  const { facts, sbom } = await scanForEvidence(
    {
      root,
      wanted: project.settings.engines.value,
      project: project.word,
      workers: asked.workers,
      cacheDir: asked.cache ? defaultCacheDirectory() : null,
      quiet: asked.quiet,
      onFile: (path, blob) => void seen.set(path, blob),
    },
    runScan,
  )
  const difference = differenceOf(place, seen)
  const pullRequest = asked.pullRequest ?? pullRequestOfCi(process.env)
  const content = packOf(controls, asOfCommit(facts, place, difference.changed), {
    evidence_pack_id: asked.id ?? `pack-${randomUUID()}`,
    repo_slug: place.slug,
    commit_hash: place.checkout.commit,
    branch: place.branch,
    ...(pullRequest === null ? {} : { pull_request: pullRequest }),
    scanned_at: new Date().toISOString(),
    scanner_versions: { panthera: await packageVersion() },
    sbom,
    ...(coverage.length === 0 ? {} : { test_coverage: coverage as unknown as Json }),
  })
  return { ...content, working_copy: { ...difference, folder: place.prefix || '.' } }
}

/**
 * Findings are told from the top of the repository. Where the files are not those of the commit, or
 * only a folder of it, nothing that was not found is evidence for the commit.
 */
function asOfCommit(facts: ScanFacts, { prefix }: Place, changed: number): ScanFacts {
  const findings = facts.findings.map((finding) => {
    return finding.file_path === null
      ? finding
      : { ...finding, file_path: prefix + finding.file_path }
  })
  const told =
    prefix !== ''
      ? `only the folder ${prefix} was looked at`
      : changed > 0
        ? `${changed} files of the commit were changed, missing or left out`
        : null
  if (told === null) return { ...facts, findings }
  const engines = facts.engines.map((one) => {
    return one.state === 'ran' ? { ...one, state: 'cut' as const, told } : one
  })
  return { ...facts, findings, engines }
}

function narrowed(all: Catalogue, wanted: readonly string[]): Catalogue {
  if (wanted.length === 0) return all
  const unknown = wanted.find((id) => !all.frameworks.has(id))
  if (unknown !== undefined) {
    const known = [...all.frameworks.keys()].join(', ')
    throw new UsageError(`there is no framework "${unknown}"`, `There are ${known}.`)
  }
  return { ...all, frameworks: new Map([...all.frameworks].filter(([id]) => wanted.includes(id))) }
}

async function coverageIn(path: string): Promise<CoverageReport> {
  try {
    return readCoverage(await bounded(path))
  } catch (error) {
    if (error instanceof CoverageFault) throw new UsageError(`${path} ${error.message}`)
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be read: ${code ?? message}`)
  }
}

async function bounded(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size > reportBytesMax) throw new CoverageFault(`is larger than ${reportBytesMax} bytes`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

async function requiredSecret(): Promise<string> {
  const known = await findEvidenceSecret(process.env)
  if (known !== null) return known
  throw new UsageError(
    'PANTHERA_EVIDENCE_SECRET is not set, so the pack cannot be sealed',
    'It was shown when the key of Certus was made; --unsealed makes a pack without.',
  )
}

function pullRequestIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new UsageError(`--pull-request does not take "${text}"`, 'It takes a number.')
}
