// Shapes of repositories as their packs show them.
import { z } from 'zod'
import { Computed } from '../packs/schema.ts'
import { grades } from '../seal/grade/score.ts'

const Grade = z.object({ grade: z.enum(grades), score: z.int() })

export const RepositoryQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
})
export type RepositoryQuery = z.infer<typeof RepositoryQuery>

const Repository = z.object({
  repository: z.string(),
  packs_total: z.int().describe('Of all branches and pull requests'),
  latest: z
    .object({
      evidence_pack_id: z.string(),
      branch: z.string(),
      commit: z.string(),
      stored_at: z.iso.datetime(),
      computed: Computed,
      verdict: z.enum(['verified', 'failed']).describe('Of its signature and fields'),
    })
    .nullable()
    .describe('Of main, else master, else the first branch; without pull requests'),
  with_exceptions: Grade.extend({ accepted: z.int() })
    .nullable()
    .describe('What latest comes to if accepted findings count nothing; null without exceptions'),
  trend: z
    .array(Grade.extend({ evidence_pack_id: z.string(), stored_at: z.iso.datetime() }))
    .describe('The last packs of that branch, the oldest first, at most 10'),
})
export type Repository = z.infer<typeof Repository>

export const RepositoryList = z.object({
  repositories: z.array(Repository),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
})
