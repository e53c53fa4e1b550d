// What happened to a scan.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'

const ScanRef = z.object({ scan_id: z.uuid() })

export const scanQueued = defineEvent(
  'scan.queued',
  ScanRef.extend({ source: z.enum(['platform', 'import']) }),
)
export const scanStarted = defineEvent('scan.started', ScanRef)

const Counts = z.object({ critical: z.int(), high: z.int(), medium: z.int(), low: z.int() })

/** What a scan looked at and found, for whoever makes evidence of it. */
const Evidence = z.object({
  provider: z.string(),
  owner: z.string(),
  name: z.string(),
  branch: z.string(),
  commit: z.string(),
  pull_request: z.int().nullable(),
  scanned_at: z.iso.datetime(),
  /** SHA-256 of the artefact that holds it, which whoever has used it removes. */
  artefact: z.string(),
})

export const scanCompleted = defineEvent(
  'scan.completed',
  ScanRef.extend({
    findings: Counts,
    duration_seconds: z.number(),
    /** Null of what was imported: what others looked at is not known. */
    evidence: Evidence.nullable().default(null),
  }),
)
export type ScanEvidence = z.infer<typeof Evidence>

export const scanFailed = defineEvent(
  'scan.failed',
  ScanRef.extend({
    error: z.object({ code: z.string(), message: z.string() }),
    duration_seconds: z.number(),
  }),
)

/** New critical and high identities of one scan, together; the list is cut, the counts are not. */
export const findingsDetected = defineEvent(
  'findings.detected',
  ScanRef.extend({
    findings: Counts,
    new_findings: z.array(
      z.object({
        id: z.uuid(),
        title: z.string(),
        severity: z.enum(['critical', 'high']),
        scan_type: z.string(),
        rule_id: z.string(),
        file_path: z.string().nullable(),
        line_number: z.int().nullable(),
      }),
    ),
    truncated: z.boolean(),
  }),
)
