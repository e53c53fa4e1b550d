// One finding of Panthera's own document: as strict as the scanner that wrote it, but for texts
// that are longer than is kept: one odd file must not hold up what was found in all others.
import { z } from 'zod'
import { type Finding, scanTypes, severities } from '../../scanner/finding.ts'
import { unblind } from '../../scanner/fingerprint.ts'
import { type Suppressed, suppressors } from '../../scanner/suppressed.ts'
import { DocumentError } from '../document-error.ts'
import { member } from '../json/values.ts'
import { descriptionCharsMax, remediationCharsMax, ruleIdCharsMax } from '../limits.ts'
import { Path, Text, upTo } from './text.ts'

const Line = z.int().min(1).max(100_000_000)
const Location = z.object({
  path: Path,
  line: Line,
  column: Line,
  endLine: Line,
  endColumn: Line,
})

const Excerpt = z.object({
  startLine: Line,
  lines: upTo(50, Text(2_000)),
  mark: z.object({ line: Line, column: Line, endColumn: Line }).optional(),
})

const Step = z.object({
  path: Path,
  line: Line,
  column: Line,
  label: Text(500),
  code: Text(2_000).optional(),
})

const Subject = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('package'),
    purl: Text(2_000),
    name: Text(500),
    version: Text(500),
    aliases: upTo(200, Text(100)),
    fixedVersions: upTo(200, Text(500)),
    path: upTo(200, Text(1_000)),
  }),
  z.object({ kind: z.literal('resource'), address: Text(2_000) }),
])

const Origin = z.object({
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  author: Text(500).nullable(),
  date: Text(100).nullable(),
})

/** Fields of later versions are dropped, not refused. */
const OwnFinding = z.object({
  ruleId: z.string().min(1).max(ruleIdCharsMax),
  scanType: z.enum(scanTypes),
  severity: z.enum(severities),
  title: Text(500).min(1),
  description: Text(descriptionCharsMax * 4),
  remediation: Text(remediationCharsMax),
  cweId: z
    .string()
    .regex(/^CWE-\d{1,5}$/)
    .nullable(),
  location: Location.nullable(),
  excerpt: Excerpt.nullable(),
  steps: upTo(1_000, Step),
  references: upTo(100, Text(2_000)),
  fingerprints: z
    .array(z.object({ algorithm: z.string().max(50), value: z.string().min(1).max(500) }))
    .min(1)
    .max(20),
  origin: Origin.nullable(),
  subject: Subject.optional(),
  rated: z.object({ from: z.enum(severities), by: Text(500) }).optional(),
})

/**
 * @param key of the organization, for the fingerprints of secrets
 * @throws {DocumentError} that names the field
 */
export function readOwnFinding(value: unknown, place: string, key: Uint8Array | null): Finding {
  const parsed = OwnFinding.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const at = [place, ...(issue?.path ?? [])].join('.')
    throw new DocumentError(`${at}: ${issue?.message ?? 'is not a finding'}`)
  }
  const { excerpt, subject, rated, fingerprints, ...finding } = parsed.data
  const marked = excerpt === null ? null : withoutUndefined(excerpt)
  return {
    ...finding,
    excerpt: marked,
    fingerprints: key === null ? fingerprints : unblind(fingerprints, key),
    ...(subject === undefined ? {} : { subject }),
    ...(rated === undefined ? {} : { rated }),
  }
}

const SetAside = z.object({
  by: z.enum(suppressors),
  source: Text(500).min(1),
  reason: Text(1_000).nullable(),
  line: Line.optional(),
  expires: z.iso.date().optional(),
})

/** @throws {DocumentError} that names the field */
export function readOwnSetAside(value: unknown, place: string, key: Uint8Array | null): Suppressed {
  const parsed = SetAside.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const at = [place, ...(issue?.path ?? [])].join('.')
    throw new DocumentError(`${at}: ${issue?.message ?? 'is nothing that was set aside'}`)
  }
  const { line, expires, ...by } = parsed.data
  return {
    finding: readOwnFinding(member(value, 'finding'), `${place}.finding`, key),
    ...by,
    ...(line !== undefined && { line }),
    ...(expires !== undefined && { expires }),
  }
}

function withoutUndefined({ mark, ...excerpt }: z.infer<typeof Excerpt>): Finding['excerpt'] {
  return mark === undefined ? excerpt : { ...excerpt, mark }
}
