// Says of a vulnerability, for whoever asks about it alone, what it is and what to do about it.
import type { Ecosystem } from '../package.ts'
import { orderOf } from '../versions/order.ts'
import type { Vulnerability } from './advisory.ts'
import { capitalised, isMalware, whatIs } from './describe.ts'
import { tellingClass } from './weakness-class.ts'

/** `names` are the packages that it is in, for a reader. Advisories come without prose. */
export function explainVulnerable(
  vulnerability: Vulnerability,
  names: string,
): { title: string; why: string } {
  const weakness = tellingClass(vulnerability.cwes)
  const what = capitalised(whatIs(vulnerability))
  const title = `${what} in ${names}`
  const kind = weakness === null ? '' : ` (${weakness.id})`
  const part = vulnerability.parts.slice(0, partsShown).join(', ')
  const reached = part === '' ? 'the vulnerable part' : part
  const why = isMalware(vulnerability)
    ? `${names} does harm on purpose: whoever installs or runs it is attacked.`
    : `${title}${kind}: who uses an affected version is open to it where ${reached} is reached.`
  return { title, why }
}

const partsShown = 5

/** What to do about the package, for whichever version of it is in use. */
export function fixedBy(one: {
  ecosystem: Ecosystem
  package: string
  vulnerability: Vulnerability
}): string {
  const { ecosystem, package: name, vulnerability } = one
  if (isMalware(vulnerability)) {
    return `Remove ${name}, and take every machine that installed it for compromised.`
  }
  const order = orderOf(ecosystem)
  const ends = vulnerability.statements.flatMap(({ affected }) =>
    affected.flatMap(({ to, end }) => (to !== null && end === 'fixed' ? [to] : [])),
  )
  const fixes = [...new Set(ends)]
    .filter((fix) => order.isValid(fix))
    .sort((a, b) => order.compare(a, b))
  const [first, ...others] = fixes
  if (first === undefined) return `No fixed version is known: replace or remove ${name}.`
  if (others.length === 0) return `Upgrade ${name} to ${first} or later.`
  const lines = `${fixes.slice(0, -1).join(', ')} or ${fixes.at(-1)}`
  return `Upgrade ${name} to ${lines}, whichever comes next after the version in use.`
}
