// What Panthera's own document says was looked at. Nothing is proved by it but what a report tells:
// so what is not understood is left out, and the findings are kept.
import { z } from 'zod'
import type { SelectedAdvisories } from '../../scanner/dependencies/advisories/selection.ts'
import { ecosystems } from '../../scanner/dependencies/package.ts'
import { Text, upTo } from './text.ts'

const Count = z.number().min(0).max(Number.MAX_SAFE_INTEGER).catch(0)

const Selected = z.object({
  ecosystems: upTo(100, z.enum(ecosystems)),
  vulnerabilities: Count,
  date: z.iso.date().nullable(),
})

const Coverage = z.object({
  files: Count,
  bytes: Count,
  suppressed: Count,
  durationMs: Count,
  skipped: z.record(z.string().max(50), Count).catch({}),
  shortfalls: upTo(1_000, z.object({ path: Text(4_096).nullable(), reason: Text(500) })).catch([]),
  advisories: z
    .object({
      date: z.iso.date().nullable(),
      uncovered: upTo(100, Text(50)),
      unresolved: Count,
      selected: Selected.nullable().catch(null),
    })
    .optional()
    .catch(undefined),
})

/** Null for what is no such thing. */
export function readSelected(value: unknown): SelectedAdvisories | null {
  return Selected.safeParse(value).data ?? null
}

/** As a scan of the platform's own keeps it; empty for what is no such thing. */
export function readOwnCoverage(value: unknown): z.infer<typeof Coverage> | null {
  const parsed = Coverage.safeParse(value)
  if (!parsed.success) return null
  // PostgreSQL takes no NUL.
  return JSON.parse(JSON.stringify(parsed.data).replaceAll('\\u0000', ''))
}
