// What changed between two packs, as it is answered.
import { z } from 'zod'
import { controlStates } from '../packs/schema.ts'
import { grades, severities } from '../seal/grade/score.ts'

const id = z.string().min(1).max(200)

export const DriftQuery = z.strictObject({
  from: id.describe('The evidence_pack_id of the earlier pack'),
  to: id.describe('The evidence_pack_id of the later pack'),
})

const End = z.object({
  evidence_pack_id: z.string(),
  repository: z.string(),
  branch: z.string(),
  commit: z.string(),
  grade: z.enum(grades),
  score: z.int(),
})

const cut = <Item extends z.ZodType>(item: Item) =>
  z.object({ total: z.int(), items: z.array(item).describe('At most 1,000') })

const Finding = z.object({
  identity: z.string(),
  title: z.string(),
  severity: z.enum(severities),
  rule_id: z.string().nullable(),
  file_path: z.string().nullable(),
})

const state = z.enum(controlStates).nullable()
const Control = z.object({ framework: z.string(), control_id: z.string(), from: state, to: state })
const Component = z.object({ name: z.string(), version: z.string() })

export const Drift = z.object({
  from: End,
  to: End,
  score_change: z.int(),
  findings: z.object({
    added: cut(Finding),
    gone: cut(Finding),
    rated: cut(Finding.extend({ from: z.enum(severities) })).describe('With another severity'),
    same: z.int(),
  }),
  controls: z.object({
    worse: cut(Control),
    better: cut(Control),
    tested: cut(Control).describe('Tested in one of the two only'),
  }),
  dependencies: z
    .object({
      added: cut(Component),
      removed: cut(Component),
      changed: cut(
        z.object({ name: z.string(), from: z.array(z.string()), to: z.array(z.string()) }),
      ),
    })
    .nullable()
    .describe('Null where a pack has no bill of materials'),
})
