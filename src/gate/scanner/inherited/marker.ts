// The comments by which other tools are told to keep silent, as a table: what each looks like,
// which findings it speaks for and how far it reaches.
import type { ScanType } from '../finding.ts'

export interface Marker {
  /** As reports call it. */
  name: string
  /** Part of every occurrence: files without it are not read for the marker at all. */
  needle: string
  /**
   * Read from a whole line. Groups, all optional: `ids`, `rest` (what may hold a reason),
   * `expires`; and `far`, which if it matched makes the reach `elsewhere`.
   */
  pattern: RegExp
  /** Under whose names the ids stand in the aliases of our rules. */
  tool: (id: string) => string
  speaksFor: readonly ScanType[]
  reach: Reach
  elsewhere?: Reach
  /** Without ids it speaks of more than weaknesses, and counts for none. */
  needsIds?: true
  /** Words among the ids that are none are left to the reason. */
  idForm?: RegExp
  /**
   * Ids that we cannot map count for a finding of code on the very line. Only for a tool whose
   * rules nobody can list: its users write and load their own.
   */
  unmapped?: true
}

/**
 * - `line`: the lines of the finding.
 * - `next`: alone above the finding.
 * - `either`: both.
 * - `head`: both, or at the head of the resource that the finding is in: on its first line or
 *   alone above it.
 * - `block`: anywhere in that resource.
 * - `file`: the whole file.
 */
export type Reach = 'line' | 'next' | 'either' | 'head' | 'block' | 'file'

const list = String.raw`[\w.\/@-]+(?:\s*,\s*[\w.\/@-]+)*`

export const markers: readonly Marker[] = [
  {
    name: 'nosemgrep',
    needle: 'nosem',
    pattern: new RegExp(String.raw`\bnosem(?:grep)?\b(?:\s*:\s*(?<ids>${list}))?(?<rest>.*)`),
    tool: () => 'semgrep',
    speaksFor: ['sast', 'iac'],
    reach: 'either',
    unmapped: true,
  },
  {
    name: 'nosec',
    needle: 'nosec',
    pattern: /(?:#|\/\/|\/\*)\s*#?\s*nosec\b:?\s*\[?(?<ids>[\w,\s]*)\]?(?<rest>.*)/,
    tool: (id) => (/^g\d/i.test(id) ? 'gosec' : 'bandit'),
    speaksFor: ['sast'],
    reach: 'either',
    idForm: /^(?:[BG]\d{3}|[a-z]+(?:_[a-z]+)+)$/,
  },
  {
    name: 'noqa',
    needle: 'noqa',
    pattern: /#\s*noqa\s*:\s*(?<ids>[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)(?<rest>.*)/i,
    tool: () => 'ruff',
    speaksFor: ['sast'],
    reach: 'line',
    needsIds: true,
  },
  {
    name: 'NOSONAR',
    needle: 'NOSONAR',
    pattern: /\bNOSONAR\b(?:\((?<ids>[^)]*)\))?(?<rest>.*)/,
    tool: () => 'sonar',
    speaksFor: ['sast'],
    reach: 'line',
  },
  {
    name: 'eslint-disable',
    needle: 'eslint-disable-',
    pattern: new RegExp(
      String.raw`\beslint-disable-(?:(?<far>next-line)|line)\b\s*(?<ids>${list})?(?<rest>.*)`,
    ),
    tool: () => 'eslint',
    speaksFor: ['sast'],
    reach: 'line',
    elsewhere: 'next',
    needsIds: true,
  },
  {
    name: 'codeql',
    needle: 'codeql',
    pattern: /\bcodeql\s*\[(?<ids>[^\]]+)\](?<rest>.*)/,
    tool: () => 'codeql',
    speaksFor: ['sast'],
    reach: 'either',
    needsIds: true,
  },
  {
    name: 'checkov:skip',
    needle: ':skip',
    pattern:
      /\b(?:checkov|bridgecrew|cortex):skip\s*=\s*(?<ids>\w+(?:\s*,\s*\w+)*)(?::(?<rest>.*))?/,
    tool: () => 'checkov',
    speaksFor: ['iac'],
    reach: 'block',
    needsIds: true,
  },
  {
    name: 'checkov:skip',
    needle: 'checkov.io/skip',
    pattern: /\bcheckov\.io\/skip\w*["']?\s*:\s*["']?(?<ids>\w+)(?:=(?<rest>[^"']*))?/,
    tool: () => 'checkov',
    speaksFor: ['iac'],
    reach: 'block',
    needsIds: true,
  },
  ...['trivy', 'tfsec'].map(
    (name): Marker => ({
      name: `${name}:ignore`,
      needle: `${name}:ignore:`,
      // A condition in brackets depends on values that are not looked at: it does not match.
      pattern: new RegExp(
        String.raw`\b${name}:ignore:(?:\*|(?<ids>[\w.-]+))(?![\w.*\[-])` +
          String.raw`(?::exp:(?<expires>\d{4}-\d{2}-\d{2}))?(?!:ws:)(?<rest>.*)`,
      ),
      tool: () => 'trivy',
      speaksFor: ['iac', 'secrets'],
      reach: 'head',
    }),
  ),
  {
    name: 'kics-scan',
    needle: 'kics-scan',
    pattern: /\bkics-scan\s+ignore-(?:line|(?<far>block))\b/,
    tool: () => 'kics',
    speaksFor: ['iac'],
    reach: 'either',
    elsewhere: 'head',
  },
  {
    name: 'kics-scan',
    needle: 'kics-scan',
    pattern: /\bkics-scan\s+(?:ignore(?!-)|disable\s*=\s*(?<ids>[\w-]+(?:\s*,\s*[\w-]+)*))/,
    tool: () => 'kics',
    speaksFor: ['iac'],
    reach: 'file',
  },
  {
    name: 'hadolint',
    needle: 'hadolint',
    pattern: /\bhadolint\s+(?<far>global\s+)?ignore\s*=\s*(?<ids>\w+(?:\s*,\s*\w+)*)(?<rest>.*)/,
    tool: () => 'hadolint',
    speaksFor: ['iac'],
    reach: 'next',
    elsewhere: 'file',
    needsIds: true,
  },
  bareForSecrets('gitleaks:allow', 'gitleaks:allow', /\bgitleaks:allow\b(?<rest>.*)/),
  bareForSecrets('trufflehog:ignore', 'trufflehog:ignore', /\btrufflehog:ignore\b(?<rest>.*)/),
  bareForSecrets('ggignore', 'ggignore', /\bggignore\b(?<rest>.*)/),
  {
    ...bareForSecrets(
      'allowlist secret',
      'pragma: ',
      /\bpragma: (?:allow|white)list (?<far>nextline )?secret\b(?<rest>.*)/,
    ),
    elsewhere: 'next',
  },
]

function bareForSecrets(name: string, needle: string, pattern: RegExp): Marker {
  const tool = () => name.replace(/:.*/, '')
  return { name, needle, pattern, tool, speaksFor: ['secrets'], reach: 'line' }
}
