// Shapes of evidence packs: what a client submits, and what is kept of it.
import { z } from 'zod'
import { grades, severities } from '../seal/grade/score.ts'

const text = (max: number) => z.string().max(max)

/** What else a finding holds is sealed and kept with it, and means nothing here. */
const SubmittedFinding = z
  .looseObject({
    id: text(500).optional(),
    fingerprint: text(500).optional(),
    title: text(1_000),
    severity: z.enum(severities),
    scan_type: text(100).optional(),
    rule_id: text(500).optional(),
    file_path: text(4_096).nullish(),
    line_number: z.int().min(0).nullish(),
    cwe_id: z
      .string()
      .regex(/^CWE-\d{1,6}$/, 'must be like CWE-79')
      .nullish(),
    description: text(20_000).nullish(),
    remediation: text(20_000).nullish(),
  })
  .refine(({ id, fingerprint }) => id !== undefined || fingerprint !== undefined, {
    message: 'must have an id or a fingerprint',
  })

export const controlStates = ['pass', 'fail', 'partial', 'not_tested'] as const

export const ControlResult = z.looseObject({
  framework: text(100),
  control_id: text(100),
  status: z.enum(controlStates),
  evidence: z.array(text(2_000)).max(100).optional().describe('What the result rests on'),
  awaits: z
    .array(text(100))
    .max(20)
    .optional()
    .describe('With not_tested: all was seen that the sender can see, these proofs are lacking'),
})
export type ControlResult = z.infer<typeof ControlResult>

/**
 * An RFC 3339 date-time, as the instant in UTC. Years are bounded, because PostgreSQL, JavaScript
 * and RFC 3339 agree on these only.
 */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/, {
    error: 'must be an RFC 3339 date-time such as 2026-02-05T10:30:00Z',
  })
  .transform((text, context) => {
    const time = Date.parse(text.toUpperCase())
    if (time >= earliest && time < latest) return new Date(time).toISOString()
    context.addIssue({ code: 'custom', message: 'must be a time between 1970 and 2200' })
    return z.NEVER
  })
const earliest = Date.parse('1970-01-01T00:00:00Z')
const latest = Date.parse('2200-01-01T00:00:00Z')

const hex = (digits: string) => z.string().regex(new RegExp(`^(?:${digits})$`))

export const Submission = z.looseObject({
  repo_slug: z
    .string()
    .regex(/^(?!\.\.?\/)[\w.-]{1,100}\/(?!\.\.?$)[\w.-]{1,100}$/, 'must be owner/name')
    .describe('owner/name'),
  commit_hash: hex('[0-9a-f]{40}|[0-9a-f]{64}').describe('The whole commit hash, lower-case hex'),
  branch: z.string().min(1).max(255),
  findings: z.array(SubmittedFinding).max(100_000),
  control_results: z.array(ControlResult).max(5_000),
  grade: z.enum(grades),
  score: z.number().min(0).max(100),
  evidence_pack_id: z
    .string()
    .regex(/^[\w.:-]{1,200}$/, 'must be 1 to 200 letters, digits, ".", "_", ":" or "-"'),
  signed_hash: hex('[0-9a-f]{64}').describe(
    'Lower-case hex HMAC-SHA-256 over the RFC 8785 form of all other members; ' +
      'its key is the evidence secret as it was shown',
  ),
  pull_request: z.int().min(1).max(2_147_483_647).optional(),
  scanned_at: instant.optional().describe('RFC 3339 date-time'),
  scanner_versions: z.record(text(100), text(200)).optional(),
  sbom: z.unknown().optional().describe('A CycloneDX or SPDX document'),
})
export type Submission = z.infer<typeof Submission>

export const Stored = z.object({ scan_id: z.uuid(), stored_timestamp: z.iso.datetime() })
export type Stored = z.infer<typeof Stored>

export const Computed = z.object({
  grade: z.enum(grades),
  score: z.int(),
  findings_score: z.int(),
  controls_score: z.int().nullable(),
  debt: z.number(),
  formula_version: z.int(),
})
export type Computed = z.infer<typeof Computed>

const Counts = z.object({
  critical: z.int(),
  high: z.int(),
  medium: z.int(),
  low: z.int(),
  info: z.int(),
})
export type Counts = z.infer<typeof Counts>

const ControlCounts = z.object({
  pass: z.int(),
  fail: z.int(),
  partial: z.int(),
  not_tested: z.int(),
})
export type ControlCounts = z.infer<typeof ControlCounts>

const Check = z.object({
  check: z
    .enum(['content', 'seal', 'signature', 'shown', 'log'])
    .describe('shown: that all fields of this answer are as they were signed'),
  holds: z.boolean(),
  reason: z.string().optional(),
})
export type Check = z.infer<typeof Check>

export const EvidenceSummary = z.object({
  id: z.string(),
  scan_id: z.uuid(),
  repository: z.string(),
  branch: z.string(),
  commit: z.string(),
  pull_request: z.int().nullable(),
  findings: Counts.extend({ total: z.int() }),
  controls: ControlCounts.describe('Control results by their status'),
  claimed: z.object({ grade: z.enum(grades), score: z.number() }),
  computed: Computed,
  differs: z.boolean().describe('Whether what is claimed is not what the content comes to'),
  seal: z.object({
    algorithm: z.literal('HMAC-SHA-256'),
    signed_hash: z.string(),
    key_id: z.string(),
    digest: z.string().describe('SHA-256 of the canonical content'),
  }),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })),
  log: z.object({ origin: z.string(), index: z.int() }),
  verification: z.object({
    verdict: z.enum(['verified', 'failed']),
    checks: z.array(Check).describe('What was checked for this answer'),
  }),
  scanned_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
})
export type EvidenceSummary = z.infer<typeof EvidenceSummary>

export const EvidencePack = EvidenceSummary.extend({ control_results: z.array(ControlResult) })
export type EvidencePack = z.infer<typeof EvidencePack>

/** A date stands for its first moment, in UTC. */
export const moment = z.preprocess(
  (value) => (/^\d{4}-\d\d-\d\d$/.test(String(value)) ? `${value}T00:00:00Z` : value),
  instant,
)

export const EvidenceQuery = z.strictObject({
  repository: z.string().max(201).optional(),
  from: moment.optional().describe('RFC 3339 date or date-time, inclusive'),
  to: moment.optional().describe('RFC 3339 date or date-time, exclusive'),
  framework: z.string().max(100).optional().describe('Packs with a result for this framework'),
  grade: z.enum(grades).optional().describe('The computed grade'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
})
export type EvidenceQuery = z.infer<typeof EvidenceQuery>

export const EvidenceList = z.object({
  evidence_packs: z.array(EvidenceSummary),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
})

export const PackPath = z.object({ evidence_pack_id: z.string().max(200) })

export const Bundle = z.object({
  format: z.literal('panthera-evidence-bundle/1'),
  content: z.string().describe('The canonical JSON that was sealed, as text'),
  signed_hash: z.string(),
  envelope: z.string().describe('The DSSE envelope as canonical JSON: the entry of the log'),
  log_proof: z.string().describe('C2SP tlog-proof, with the checkpoint'),
  public_key: z.string().describe('Ed25519 SubjectPublicKeyInfo, PEM'),
  verifier_key: z.string().describe('The same key as tools for signed notes take it'),
  verifier: z.string().describe('verify.mjs: a script for Node that checks all of this; read it'),
  openssl_recipe: z
    .string()
    .describe('verify-signature.sh: checks the signature with openssl and jq alone; read it'),
})
export type Bundle = z.infer<typeof Bundle>
