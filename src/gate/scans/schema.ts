// Shapes of scans, as the reference gives them and where it is silent.
import { z } from 'zod'
import { Finding } from '../findings/schema.ts'

export const providers = ['github', 'gitlab', 'bitbucket', 'git'] as const
export type ProviderName = (typeof providers)[number]

export const scanStatuses = ['queued', 'running', 'completed', 'failed'] as const

/** Of an owner or a repository: what the code hosts allow, and nothing a path could misread. */
const segment = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/
export const Owner = z
  .string()
  .max(255)
  .refine(
    (text) => text.split('/').every((part) => segment.test(part) && !part.includes('..')),
    'must be letters, digits, ".", "_" and "-", with "/" between groups',
  )
export const RepositoryName = z
  .string()
  .regex(segment, 'must be letters, digits, ".", "_" and "-"')
  .refine((text) => !text.includes('..') && !text.endsWith('.git'), 'is not a repository name')

/** What git refuses in a reference name (git-check-ref-format), and a leading dash. */
const impossibleReference =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are refused
  /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/[/.]|^[-./]|[./]$|\.lock(\/|$)|^@?$/

export const Branch = z
  .string()
  .max(255)
  .refine((text) => !impossibleReference.test(text), 'must be a branch name that git accepts')

/** SHA-1 only: the clone knows no repositories of the other object format. */
export const Commit = z
  .string()
  .regex(/^[0-9a-f]{40}$/, 'must be 40 hex digits, in lower case; SHA-256 is not supported yet')

/** A commit has the form of a branch name too; one of the other object format can be neither. */
const Base = z
  .string()
  .max(255)
  .refine(
    (text) => !impossibleReference.test(text) && !/^[0-9a-fA-F]{64}$/.test(text),
    'must be a branch name that git accepts, or a commit of 40 hex digits',
  )

/** As the database writes it: ids are compared as text. */
const Id = z.uuid().toLowerCase()

export const ScanConfig = z.strictObject({
  enable_sast: z.boolean().default(true).describe('Code'),
  enable_sca: z.boolean().default(true).describe('Dependencies'),
  enable_secrets: z.boolean().default(true),
  enable_iac: z.boolean().default(true).describe('Infrastructure'),
  history: z.boolean().default(false).describe('Look for secrets in the whole history'),
  project_settings: z
    .boolean()
    .default(true)
    .describe(
      "Honour the repository's panthera.yaml and what its files tell other tools: what they set " +
        'aside is listed as ignored by the code, and severities that they change keep the original',
    ),
})
export type ScanConfig = z.infer<typeof ScanConfig>

export const CreateScan = z
  .strictObject({
    organization_id: Id,
    scan_type: z.enum(['code', 'cloud']),
    provider: z.enum(providers),
    owner: Owner.optional(),
    repo_name: RepositoryName.optional(),
    clone_url: z
      .url({ protocol: /^https$/, error: 'must be a URL that begins with https://' })
      .max(2_000)
      .optional()
      .describe('For provider git'),
    branch: Branch.optional().describe("The repository's default branch unless given"),
    commit: Commit.optional(),
    base: Base.optional().describe('A branch or commit: report only what is new against it'),
    scan_config: ScanConfig.prefault({}),
  })
  .check((context) => {
    const { value, issues } = context
    const demand = (field: 'owner' | 'repo_name' | 'clone_url') => {
      if (value[field] !== undefined) return
      const message = `is required with provider ${value.provider}`
      issues.push({ code: 'custom', path: [field], message, input: value })
    }
    if (value.provider === 'git') demand('clone_url')
    else {
      demand('owner')
      demand('repo_name')
      if (value.clone_url !== undefined) {
        const message = 'is only for provider git'
        issues.push({ code: 'custom', path: ['clone_url'], message, input: value })
      }
    }
    const { history: _, project_settings: __, ...engines } = value.scan_config
    if (!Object.values(engines).includes(true)) {
      const message = 'at least one engine must be on'
      issues.push({ code: 'custom', path: ['scan_config'], message, input: value })
    }
  })
export type CreateScan = z.infer<typeof CreateScan>

export const ScanCreated = z.object({
  scan_id: z.uuid(),
  status: z.enum(scanStatuses),
  created_at: z.iso.datetime(),
})

export const Summary = z.object({
  total_findings: z.int(),
  critical_count: z.int(),
  high_count: z.int(),
  medium_count: z.int(),
  low_count: z.int(),
})
export type Summary = z.infer<typeof Summary>

export const Progress = z.object({
  stage: z.enum(['cloning', 'scanning', 'history', 'storing']),
  files_done: z.int(),
  files_total: z.int().nullable(),
})
export type Progress = z.infer<typeof Progress>

export const Scan = z.object({
  scan_id: z.uuid(),
  organization_id: z.uuid(),
  status: z.enum(scanStatuses),
  source: z.enum(['platform', 'import']),
  scan_type: z.enum(['code', 'cloud']),
  provider: z.enum(providers),
  owner: z.string(),
  repo_name: z.string(),
  clone_url: z.string().nullable(),
  branch: z.string().nullable(),
  commit: z.string().nullable(),
  base: z.string().nullable(),
  scan_config: ScanConfig.nullable(),
  tool: z.string(),
  summary: Summary.nullable(),
  progress: Progress.nullable(),
  coverage: z.record(z.string(), z.unknown()).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  completed_at: z.iso.datetime().nullable(),
})
export type Scan = z.infer<typeof Scan>

export const findingsEmbeddedMax = 1_000

export const ScanWithFindings = Scan.extend({
  findings: z.array(Finding),
  findings_truncated: z.boolean(),
})

export const ScanList = z.object({
  scans: z.array(Scan),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
})

export const ScanQuery = z.strictObject({
  organization_id: Id,
  status: z.enum(scanStatuses).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
})
export type ScanQuery = z.infer<typeof ScanQuery>

export const ScanPath = z.object({ scan_id: Id })
