// Shapes of controls as the evidence of an organization shows them.
import { z } from 'zod'
import { controlStates } from '../packs/schema.ts'
import { confidences } from '../seal/controls/framework.ts'
import { severities } from '../seal/grade/score.ts'

export const ControlQuery = z.strictObject({
  framework: z.string().max(100).describe('The id of a framework'),
  repository: z.string().max(201).optional().describe('owner/name; all unless given'),
  state: z.enum(controlStates).optional(),
})

const Source = z.object({
  repository: z.string(),
  evidence_pack_id: z.string(),
})

export const ControlList = z.object({
  framework: z.string(),
  packs: z
    .array(Source.extend({ stored_at: z.iso.datetime() }))
    .describe('The newest pack of each repository: what the states rest on'),
  coverage: z.object({ tested: z.int(), total: z.int() }),
  controls: z.array(
    z.object({
      control_id: z.string(),
      title: z.string(),
      state: z.enum(controlStates),
      fresh_as_of: z.iso.datetime().nullable().describe('Of the oldest evidence that it rests on'),
      results: z.array(Source.extend({ control_id: z.string(), status: z.enum(controlStates) })),
      weaknesses: z.array(
        Source.extend({
          cwe: z.string().nullable(),
          scan_type: z.string().nullable(),
          severity: z.enum(severities),
          count: z.int(),
          proof: z.string(),
          confidence: z.enum(confidences),
        }),
      ),
    }),
  ),
})
export type ControlList = z.infer<typeof ControlList>
