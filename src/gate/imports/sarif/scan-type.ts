// Which kind of scan a result came from. SARIF has no word for it, so tools are known by name and
// rules by their tags.
import type { ScanType } from '../../scanner/finding.ts'

/** What a rule says of itself goes before its tool, since some tools do several kinds of scan. */
export function scanTypeOfRule(rule: { id: string; tags: readonly string[] }): ScanType | null {
  for (const tag of rule.tags) {
    const type = byTag.get(tag.toLowerCase())
    if (type !== undefined) return type
  }
  if (advisory.test(rule.id)) return 'sca'
  return secretsFolder.test(rule.id) ? 'secrets' : null
}

export function scanTypeOfTool(name: string): ScanType {
  return byTool.find(([pattern]) => pattern.test(name))?.[1] ?? 'sast'
}

const byTag: ReadonlyMap<string, ScanType> = new Map([
  ['secret', 'secrets'],
  ['secrets', 'secrets'],
  ['secret-detection', 'secrets'],
  ['misconfiguration', 'iac'],
  ['iac', 'iac'],
  ['infrastructure-as-code', 'iac'],
  ['sca', 'sca'],
  ['supply-chain', 'sca'],
  ['cspm', 'cspm'],
  ['sast', 'sast'],
])

const advisory = /^(?:CVE-[0-9]{4}-|GHSA-|RUSTSEC-|PYSEC-|GO-[0-9]{4}-|OSV-|MAL-|SNYK-)/
/** `generic.secrets.security.detected-private-key` and the like. */
const secretsFolder = /(?:^|[./])secrets?[./]/

/** The first that fits; an offer of several tools by one maker stands before the maker's name. */
const byTool: readonly (readonly [RegExp, ScanType])[] = [
  [/gitleaks|betterleaks|trufflehog|detect-secrets|ggshield|gitguardian|kingfisher/i, 'secrets'],
  [/nosey ?parker|secretlint|git-secrets|talisman|ripsecrets|whispers/i, 'secrets'],
  [/snyk (?:iac|infrastructure)|checkov|tfsec|terrascan|\bkics\b|hadolint|tflint/i, 'iac'],
  [/cfn[-_]?(?:lint|nag)|kube-?(?:linter|score|sec|bench)|polaris|psrule|conftest/i, 'iac'],
  [/template ?analyzer|ansible-lint|datree|regula|spectral-iac|zizmor|actionlint/i, 'iac'],
  [/snyk (?:open source|container)|grype|osv-scanner|dependency-?check|retire\.?js/i, 'sca'],
  [/(?:npm|pip|cargo|bundler|yarn|pnpm)[- ]audit|govulncheck|docker scout|\bnancy\b/i, 'sca'],
  [/dependency-track|mend|whitesource|black ?duck|\bsafety\b|\btrivy\b|\bclair\b/i, 'sca'],
  [/prowler|scout ?suite|cloudsploit|steampipe|powerpipe|cloud custodian/i, 'cspm'],
]
