// `panthera evidence …`: makes sealed packs, hands them in, checks those of others. Evidence
// secrets come from the environment: arguments are seen by everybody on the machine.
import { defineCommand } from 'citty'
import { type BundleCheck, verifyBundle } from '../certus/seal/bundle.ts'
import { computedOf } from '../certus/seal/grade/submission.ts'
import type { JsonObject } from '../certus/seal/json/read.ts'
import { isGraded } from '../certus/seal/statement-check.ts'
import { sealedBytes, sealOf } from '../certus/seal/submission.ts'
import { findEvidenceSecret } from '../client/credentials.ts'
import { drift } from './evidence-drift.ts'
import { bundleIn, objectIn } from './evidence-file.ts'
import { history } from './evidence-history.ts'
import { pack } from './evidence-pack.ts'
import { exitCodes } from './exit-codes.ts'
import { format, printJson, printTable, withClient } from './remote.ts'
import { UsageError } from './usage-error.ts'

const file = {
  type: 'positional',
  required: true,
  description: 'The pack as JSON; grade and score are computed where they are missing',
} as const

const seal = defineCommand({
  meta: {
    name: 'seal',
    description: 'Seal a pack with PANTHERA_EVIDENCE_SECRET, without a server',
  },
  args: { file },
  run: async ({ args }): Promise<number> => {
    printJson(await sealed(args.file))
    return exitCodes.clean
  },
})

const submit = defineCommand({
  meta: { name: 'submit', description: 'Seal a pack and hand it to the server' },
  args: { file, format },
  run: async ({ args }): Promise<number> => {
    const pack = await sealed(args.file)
    return withClient('certus', async (client) => {
      const answer = await client.call<{ scan_id: string; stored_timestamp: string }>(
        'POST',
        '/certus/api/scans',
        pack,
      )
      if (args.format === 'json') return printJson(answer)
      // By this one every other call names it.
      printTable([['evidence_pack_id', String(pack.evidence_pack_id)], ...Object.entries(answer)])
    })
  },
})

const verify = defineCommand({
  meta: { name: 'verify', description: 'Verify an evidence bundle, without a server' },
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'What GET /certus/api/evidence/<id>/bundle answered',
    },
    key: {
      type: 'string',
      description: 'keyid of the signing key, known from elsewhere; comma-separated',
    },
    format,
  },
  async run({ args }): Promise<number> {
    const bundle = await bundleIn(args.file)
    const keyIds = keysIn(args.key)
    const evidenceSecret = process.env.PANTHERA_EVIDENCE_SECRET ?? null
    const checks = verifyBundle(bundle, { keyIds, evidenceSecret })
    const intact = checks.every(({ holds }) => holds !== false)
    if (args.format === 'json') printJson({ intact, checks })
    else printChecks(checks, { intact, vouched: keyIds.length > 0 })
    return intact ? exitCodes.clean : exitCodes.findings
  },
})

export const evidence = defineCommand({
  meta: { name: 'evidence', description: 'Make, submit, compare and verify evidence packs' },
  subCommands: { pack, seal, submit, history, drift, verify },
})

async function sealed(path: string): Promise<JsonObject> {
  const pack = await objectIn(path)
  const secret = await evidenceSecret()
  const { grade, score } = gradeOf(pack, path)
  const whole: JsonObject = { grade, score, ...pack }
  return { ...whole, signed_hash: sealOf(sealedBytes(whole), secret) }
}

async function evidenceSecret(): Promise<string> {
  const known = await findEvidenceSecret(process.env)
  if (known !== null) return known
  throw new UsageError(
    'PANTHERA_EVIDENCE_SECRET is not set',
    'It was shown when the key of Certus was made: panthera key create --surface certus',
  )
}

function gradeOf(pack: JsonObject, path: string): { grade: string; score: number } {
  if (isGraded(pack)) return computedOf(pack)
  throw new UsageError(
    `${path} cannot be graded`,
    'findings need a severity (critical, high, medium, low, info), control_results a status.',
  )
}

function keysIn(text: string | undefined): string[] {
  if (text === undefined) return []
  const ids = text.split(',')
  if (ids.every((id) => /^[0-9a-f]{64}$/.test(id))) return ids
  throw new UsageError('--key takes key ids: 64 hex digits each, separated by commas')
}

function printChecks(
  checks: readonly BundleCheck[],
  { intact, vouched }: { intact: boolean; vouched: boolean },
): void {
  const words = { true: 'holds', false: 'FAILS', null: 'open' }
  printTable(checks.map(({ check, holds, told }) => [check, words[`${holds}`], told]))
  const good = vouched
    ? 'Nothing was changed since the server signed it.'
    : 'Consistent in itself. Nobody has vouched for the key: give its id with --key.'
  process.stdout.write(`\n${intact ? good : 'This is not what was stored.'}\n`)
}
