// One literal is one weakness: where the secrets engine and another one tell of the same
// credential, the secret stays. It knows whose it is, and what to revoke.

import { credentialClasses } from './credential-literals.ts'
import type { Finding, Location } from './finding.ts'

/**
 * Those of `findings` that no secret among `secrets` says already, in their order. Only what this
 * scan's own engines found may be given, since other tools' words are left as they are.
 */
export function withoutTwins(findings: readonly Finding[], secrets: readonly Finding[]): Finding[] {
  const places = new Map<string, Location[]>()
  for (const { scanType, location } of secrets) {
    if (scanType !== 'secrets' || location === null) continue
    const known = places.get(location.path)
    if (known === undefined) places.set(location.path, [location])
    else known.push(location)
  }
  return findings.filter((finding) => {
    const { location, scanType } = finding
    if (location === null || scanType === 'secrets' || !tellsOfLiteral(finding)) return true
    const secretsThere = places.get(location.path) ?? []
    return !secretsThere.some((secret) => holds(location, secret))
  })
}

/** A statement of code, or a setting's one line: a whole resource may hold more than the secret. */
function tellsOfLiteral({ cweId, scanType, location }: Finding): boolean {
  if (!credentialClasses.has(cweId) || location === null) return false
  const lines = location.endLine - location.line + 1
  return lines <= (scanType === 'sast' ? statementLinesMax : 1)
}

const statementLinesMax = 20

/** Whether a place holds the beginning of another. */
function holds(place: Location, { line, column }: Location): boolean {
  const begins = place.line < line || (place.line === line && place.column <= column)
  return begins && (line < place.endLine || (line === place.endLine && column < place.endColumn))
}
