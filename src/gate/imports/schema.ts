// Shape of an import's query; the document is the body.
import { z } from 'zod'
import { Branch, Commit, Owner, providers, RepositoryName } from '../scans/schema.ts'

export const ImportQuery = z.strictObject({
  organization_id: z.uuid().optional().describe("The key's own unless given"),
  provider: z.enum(providers),
  owner: Owner.optional().describe('Required unless the provider is git'),
  repo_name: RepositoryName.optional().describe('Required unless the provider is git'),
  clone_url: z
    .url({ protocol: /^https$/ })
    .max(2_000)
    .optional()
    .describe('For provider git'),
  branch: Branch,
  commit: Commit,
  category: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[\p{L}\p{N} ._:/@-]+$/u, 'must be letters, digits, spaces and . _ : / @ -')
    .optional()
    .describe('Keeps several analyses by one tool apart; otherwise the document’s own'),
})
export type ImportQuery = z.infer<typeof ImportQuery>

export const contentTypes = [
  'application/json',
  'application/sarif+json',
  'application/vnd.cyclonedx+json',
  'application/octet-stream',
  'application/gzip',
  'application/x-gzip',
] as const
