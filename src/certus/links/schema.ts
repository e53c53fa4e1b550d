// Shapes of links to code hosts: installations of the GitHub App, webhooks of GitLab and Bitbucket.
import { z } from 'zod'
import { grades } from '../seal/grade/score.ts'

const linkProviders = ['github', 'gitlab', 'bitbucket'] as const

export const LinkSettings = {
  branches: z.enum(['all', 'default']).describe('Whose pushes are scanned; pull requests always'),
  minimum_grade: z.enum(grades).describe('A worse grade fails the check'),
}

export const Link = z.object({
  id: z.uuid(),
  provider: z.enum(linkProviders),
  installation_id: z.string().nullable().describe('GitHub’s number of it'),
  name: z.string(),
  ...LinkSettings,
  created_at: z.iso.datetime(),
})
export type Link = z.infer<typeof Link>

export const LinkList = z.object({ links: z.array(Link) })
export const LinkPath = z.object({ link_id: z.uuid().toLowerCase() })

export const CreateLink = z.strictObject({
  provider: z.enum(['gitlab', 'bitbucket']).describe('GitHub is linked by installing its app'),
  name: z.string().trim().min(1).max(200),
  branches: LinkSettings.branches.default('all'),
  minimum_grade: LinkSettings.minimum_grade.default('C'),
})
export type CreateLink = z.infer<typeof CreateLink>

export const CreatedLink = Link.extend({
  url: z.url().describe('To be entered as the address of the webhook'),
  secret: z.string().describe('Shown this once; to be entered as its secret'),
})

export const ChangeLink = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  branches: LinkSettings.branches.optional(),
  minimum_grade: LinkSettings.minimum_grade.optional(),
})
export type ChangeLink = z.infer<typeof ChangeLink>

export const InstallAddress = z.object({
  url: z.url().describe('To be opened in the browser of who is logged in here'),
  expires_at: z.iso.datetime(),
})

export const SetupQuery = z.object({
  installation_id: z.string().regex(/^[1-9]\d{0,15}$/, 'must be the number of an installation'),
  state: z.string().min(1).max(2_000),
  code: z.string().min(1).max(500).optional(),
  setup_action: z.string().max(100).optional(),
})
export type SetupQuery = z.infer<typeof SetupQuery>
