// Known vulnerabilities of packages, each once, with all packages it affects.
import type { Finding, PackageSubject } from '../finding.ts'
import type { Suppressed } from '../suppressed.ts'
import type { Report } from './report.ts'

export interface KnownVulnerability {
  id: string
  /** Names of the same in other databases. */
  others: string[]
  finding: Finding
  /** Packages, each once. */
  affects: PackageSubject[]
  /** Where all that it affects was set aside. */
  accepted: Suppressed | null
}

/** In the order in which they are found. */
export async function vulnerabilitiesOf({
  findings,
  suppressed,
}: Pick<Report, 'findings' | 'suppressed'>): Promise<KnownVulnerability[]> {
  const known = new Map<string, KnownVulnerability>()
  const add = (finding: Finding, accepted: Suppressed | null) => {
    const { subject, ruleId } = finding
    if (subject?.kind !== 'package') return
    const [id = ruleId, ...others] = subject.aliases
    const before = known.get(id)
    if (before === undefined) known.set(id, { id, others, finding, affects: [subject], accepted })
    else {
      before.accepted &&= accepted
      if (!before.affects.some(({ purl }) => purl === subject.purl)) before.affects.push(subject)
    }
  }
  for await (const finding of findings) add(finding, null)
  for await (const one of suppressed) add(one.finding, one)
  return [...known.values()]
}

export interface Database {
  name: string
  url: string
}

/** Who gave the id, and where it is described. */
export function databaseOf(id: string): Database {
  if (id.startsWith('CVE-')) return { name: 'NVD', url: `https://nvd.nist.gov/vuln/detail/${id}` }
  const name = id.startsWith('GHSA-') ? 'GitHub Advisories' : 'OSV'
  const page = name === 'OSV' ? 'https://osv.dev/vulnerability/' : 'https://github.com/advisories/'
  return { name, url: `${page}${encodeURIComponent(id)}` }
}
