// Which of a package's vulnerabilities asks for the highest version: its remedy mends all others.
import type { Ecosystem } from '../dependencies/package.ts'
import { orderOf } from '../dependencies/versions/order.ts'
import type { Finding } from '../finding.ts'

/** `findings` are of one package; the first of them where no version mends any. */
export function mostFixing(findings: readonly [Finding, ...Finding[]]): Finding {
  return findings.reduce((best, finding) => {
    const [fixed, known] = [fixedIn(finding), fixedIn(best)]
    if (fixed === null) return best
    return known === null || orderFor(finding).compare(fixed, known) > 0 ? finding : best
  })
}

function fixedIn({ subject }: Finding): string | null {
  return subject?.kind === 'package' ? (subject.fixedVersions[0] ?? null) : null
}

function orderFor({ subject }: Finding) {
  const type = subject?.kind === 'package' ? /^pkg:(\w+)\//.exec(subject.purl)?.[1] : undefined
  return orderOf(ecosystems.get(type ?? '') ?? 'npm')
}

/** By the type of a package URL. */
const ecosystems = new Map<string, Ecosystem>([
  ['npm', 'npm'],
  ['pypi', 'PyPI'],
  ['golang', 'Go'],
  ['cargo', 'crates.io'],
  ['maven', 'Maven'],
  ['gem', 'RubyGems'],
  ['composer', 'Packagist'],
  ['nuget', 'NuGet'],
])

/** What the package in the heading and the id before it do not say; often nothing. */
export function aboutVulnerability({ title, subject }: Finding): string {
  if (subject?.kind !== 'package') return title
  const { name, version, aliases } = subject
  const what = title.replace(`${name} ${version}: `, '').replace(` (${aliases[0]})`, '')
  return what === 'known vulnerability' ? '' : what
}
