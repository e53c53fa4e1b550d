// Shapes of findings, as the reference gives them; what it does not name comes after.
import { z } from 'zod'
import { scanTypes, severities } from '../scanner/finding.ts'

export const findingStatuses = ['open', 'resolved', 'ignored'] as const
export type FindingStatus = (typeof findingStatuses)[number]

export const ignoreReasons = [
  'false_positive',
  'accepted_risk',
  'test_code',
  'mitigated_elsewhere',
  'will_not_fix',
] as const

export const Finding = z.object({
  id: z.uuid(),
  title: z.string(),
  severity: z.enum(severities),
  scan_type: z.enum(scanTypes),
  file_path: z.string().nullable(),
  line_number: z.int().nullable(),
  description: z.string(),
  remediation: z.string(),
  cwe_id: z.string().nullable(),
  status: z.enum(findingStatuses),
  created_at: z.iso.datetime(),
  organization_id: z.uuid(),
  /** The scan that saw it first. */
  scan_id: z.uuid(),
  repository: z.string().describe('owner/name, or the clone URL of provider git'),
  rule_id: z.string(),
  tool: z.string(),
  status_by: z
    .enum(['scanner', 'person', 'code'])
    .nullable()
    .describe('code: the project accepts it itself, in its source or its settings'),
  original_severity: z
    .enum(severities)
    .nullable()
    .describe("The rule's own, where the project's settings give it another"),
  reason: z.string().nullable(),
  resolution_note: z.string().nullable(),
  expires_at: z.iso.datetime().nullable(),
  seen_again: z.boolean().describe('Resolved by a person, and yet a later scan saw it'),
  updated_at: z.iso.datetime(),
})
export type Finding = z.infer<typeof Finding>

const HistoryEntry = z.object({
  event: z.string(),
  at: z.iso.datetime(),
  actor: z.string(),
  scan_id: z.uuid().nullable(),
  note: z.string().nullable(),
  reason: z.string().nullable(),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

export const FindingDetail = Finding.extend({
  excerpt: z.object({ start_line: z.int(), lines: z.array(z.string()) }).nullable(),
  location: z
    .object({
      path: z.string(),
      line: z.int(),
      column: z.int(),
      end_line: z.int(),
      end_column: z.int(),
    })
    .nullable(),
  data_flow: z
    .array(
      z.object({
        path: z.string(),
        line: z.int(),
        column: z.int(),
        label: z.string(),
        code: z.string().optional().describe('The line, without secrets and cut'),
      }),
    )
    .describe('From source to sink'),
  references: z.array(z.string()),
  origin: z
    .object({ commit: z.string(), author: z.string().nullable(), date: z.string().nullable() })
    .nullable()
    .describe('The commit that a secret of the history is in'),
  package: z
    .object({
      purl: z.string(),
      name: z.string(),
      version: z.string(),
      aliases: z.array(z.string()).describe('CVE, GHSA and other ids of the one vulnerability'),
      fixed_versions: z.array(z.string()),
      dependency_path: z.array(z.string()).describe('From a direct dependency to the package'),
    })
    .nullable()
    .describe('Of findings in dependencies'),
  resource: z
    .string()
    .nullable()
    .describe('Address of the resource, of findings in infrastructure'),
  branches: z.array(z.string()).describe('The scanned branches that it is on'),
  fingerprints: z.array(z.object({ algorithm: z.string(), value: z.string() })),
  history: z.array(HistoryEntry).describe('The oldest first; cut to the newest 500'),
})
export type FindingDetail = z.infer<typeof FindingDetail>

export const FindingPath = z.object({ finding_id: z.uuid() })

const valuesMax = 50

/** A parameter that may repeat and may hold a list with commas; a clone URL is never split. */
function listOf<Item extends z.ZodType>(item: Item, accepted: string) {
  const split = (value: unknown, context: z.core.$RefinementCtx) => {
    const texts = [value].flat().map(String)
    const values = texts.flatMap((text) => (text.includes('://') ? [text] : text.split(',')))
    const wrong = values.find((one) => !item.safeParse(one).success)
    if (wrong !== undefined) refuse(context, `${JSON.stringify(wrong)} is not ${accepted}`)
    if (values.length > valuesMax) refuse(context, `takes at most ${valuesMax} values`)
    return values
  }
  return z.preprocess(split, z.array(item)).optional()
}

function refuse(context: z.core.$RefinementCtx, message: string): void {
  context.issues.push({ code: 'custom', message, input: context.value })
}

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return listOf(z.enum(values), `one of ${values.join(', ')}`)
}

/** PostgreSQL's text cannot hold NUL. */
const hasNoNul = (text: string) => !text.includes('\0')
const noNul = 'must not hold the character NUL'

const Cwe = z
  .string()
  .regex(/^(cwe-)?[0-9]{1,6}$/i)
  .transform((text) => `CWE-${Number(text.replace(/^cwe-/i, ''))}`)

const filters = {
  severity: oneOf(severities),
  scan_type: oneOf(scanTypes),
  status: oneOf(findingStatuses),
  organization_id: z.uuid().optional().describe('Only that of the key'),
  repository: listOf(
    z.string().min(1).max(2_000).refine(hasNoNul),
    'owner/name, a clone URL or the id of a repository',
  ).describe('owner/name, the clone URL of provider git, or the id'),
  scan_id: listOf(z.uuid(), 'the id of a scan').describe('What that scan saw'),
  cwe: listOf(Cwe, 'a CWE such as CWE-89 or 89'),
  q: z
    .string()
    .trim()
    .min(2)
    .max(200)
    .refine(hasNoNul, noNul)
    .optional()
    .describe('Words that the title, the rule and the path together all hold, in any case'),
}

/** A filter repeats and takes lists with commas; different filters narrow one another. */
export const FindingFilter = z.strictObject(filters)
export type FindingFilter = z.infer<typeof FindingFilter>

export const FindingQuery = z
  .strictObject({
    ...filters,
    limit: z.coerce.number().int().min(1).max(100).default(20),
    offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    cursor: z.uuid().optional().describe('next_cursor of the page before; instead of offset'),
  })
  .check(({ value, issues }) => {
    if (value.cursor === undefined || value.offset === 0) return
    const message = 'goes without cursor: use one of the two'
    issues.push({ code: 'custom', path: ['offset'], message, input: value })
  })
export type FindingQuery = z.infer<typeof FindingQuery>

export const FindingList = z.object({
  findings: z.array(Finding),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
  next_cursor: z.uuid().nullable().describe('Null on the last page'),
})
export type FindingList = z.infer<typeof FindingList>

const change = {
  status: z.enum(findingStatuses),
  resolution_note: z.string().trim().min(1).max(4_000).refine(hasNoNul, noNul).optional(),
  reason: z.enum(ignoreReasons).optional().describe('With status ignored'),
  expires_at: z.iso
    .datetime({ offset: true })
    .nullable()
    .optional()
    .describe('With status ignored: when the finding opens again; null for never'),
}

export const ChangeFinding = z.strictObject(change).check(refuseWithoutIgnored)
export type ChangeFinding = z.infer<typeof ChangeFinding>

export const ChangeFindings = z
  .strictObject({
    ...change,
    dry_run: z.boolean().default(false).describe('Only count'),
    all: z.boolean().default(false).describe('Needed where no filter narrows the findings'),
  })
  .check(refuseWithoutIgnored)
export type ChangeFindings = z.infer<typeof ChangeFindings>

function refuseWithoutIgnored(context: z.core.ParsePayload<ChangeFinding>): void {
  const { value, issues } = context
  if (value.status === 'ignored') return
  for (const field of ['reason', 'expires_at'] as const) {
    if (value[field] === undefined) continue
    const message = `is only accepted with status ignored, not ${value.status}`
    issues.push({ code: 'custom', path: [field], message, input: value })
  }
}

export const FindingsChanged = z.object({
  matched: z.int().describe('What the filters mean'),
  changed: z.int().describe('Of these, what was not so already'),
  dry_run: z.boolean(),
})
export type FindingsChanged = z.infer<typeof FindingsChanged>
