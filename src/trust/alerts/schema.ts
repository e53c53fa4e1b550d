// Shapes of alerts.
import { z } from 'zod'
import { Id, PageQuery, pageOf } from '../paging.ts'

const time = z.iso.datetime()
export const alertClasses = [
  'certificate_expired',
  'certificate_expiring_7_days',
  'certificate_expiring_30_days',
  'policy_violation',
  'renewal_failed',
] as const
const alertStatuses = ['open', 'acknowledged', 'resolved'] as const

export const Alert = z.object({
  id: z.int(),
  class: z.enum(alertClasses),
  severity: z.enum(['critical', 'error', 'warning']),
  summary: z.string(),
  status: z.enum(alertStatuses),
  certificateId: z.int().nullable().describe('Null where an authority itself ends'),
  certificateAuthorityId: z.int().nullable(),
  createdAt: time,
  acknowledgedAt: time.nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: time.nullable(),
})
export type Alert = z.infer<typeof Alert>

export const AlertList = pageOf(Alert)
export const OneAlert = z.object({ data: Alert })
export const AlertPath = z.object({ alert_id: Id })
export const AlertQuery = PageQuery.extend({
  status: z.enum(alertStatuses).optional(),
  class: z.enum(alertClasses).optional(),
  certificateId: Id.optional(),
  certificateAuthorityId: Id.optional(),
})
export type AlertQuery = z.infer<typeof AlertQuery>
