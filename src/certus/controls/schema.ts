// Shapes of controls as the evidence of an organization shows them.
import { z } from 'zod'
import { controlStates } from '../packs/schema.ts'
import { confidences } from '../seal/controls/framework.ts'
import { severities } from '../seal/grade/score.ts'

export const ControlQuery = z.strictObject({
  framework: z.string().max(100).describe('The id of a framework'),
  repository: z.string().max(201).optional().describe('owner/name; all unless given'),
  branch: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'main, else master, else the first that was sent, without pull requests, unless given',
    ),
  state: z.enum(controlStates).optional(),
})
export type ControlQuery = z.infer<typeof ControlQuery>

const Source = z.object({
  repository: z.string(),
  evidence_pack_id: z.string(),
})

export const ControlList = z.object({
  framework: z.string(),
  packs: z
    .array(Source.extend({ branch: z.string(), stored_at: z.iso.datetime() }))
    .describe('The newest pack of each repository: what the states rest on'),
  ignored: z
    .array(Source.extend({ reason: z.string() }))
    .describe('Newest packs that do not verify: no state rests on them'),
  coverage: z.object({ tested: z.int(), total: z.int() }),
  controls: z.array(
    z.object({
      control_id: z.string(),
      title: z.string(),
      state: z
        .enum(controlStates)
        .describe(
          'pass only where every repository has tested all of it, or records alone show it',
        ),
      with_exceptions: z
        .enum(controlStates)
        .nullable()
        .describe('The state if accepted findings spoke against nothing; null without exceptions'),
      tested: z
        .object({ wholly: z.int(), partly: z.int(), not: z.int() })
        .describe('In how many of the repositories'),
      fresh_as_of: z.iso.datetime().nullable().describe('Of the oldest evidence that it rests on'),
      records: z
        .array(
          z.object({
            proof: z.string(),
            confidence: z.enum(confidences),
            state: z.enum(['good', 'warning', 'bad', 'none']),
            told: z.string(),
            fresh_as_of: z.iso.datetime().nullable(),
          }),
        )
        .describe('What the platform’s own records say: certificates, policies, people, audit'),
      results_total: z.int(),
      weaknesses_total: z.int(),
      results: z
        .array(Source.extend({ control_id: z.string(), status: z.enum(controlStates) }))
        .describe('The worst first, at most 200'),
      weaknesses: z
        .array(
          Source.extend({
            cwe: z.string().nullable(),
            scan_type: z.string().nullable(),
            severity: z.enum(severities),
            count: z.int(),
            proof: z.string(),
            confidence: z.enum(confidences),
          }),
        )
        .describe('The likeliest first, at most 200'),
    }),
  ),
})
export type ControlList = z.infer<typeof ControlList>
