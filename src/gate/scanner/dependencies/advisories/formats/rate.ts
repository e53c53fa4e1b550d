// How severe an advisory is: by the newest CVSS vector that can be scored, else as its database
// says.
import type { Severity } from '../../../finding.ts'
import type { Rating } from '../advisory.ts'
import { scoreVector, severityOfScore } from '../cvss/severity.ts'

export const unrated: Rating = { severity: null, cvss: null }

export function rate(vectors: readonly string[], word: string | null): Rating {
  const scores = vectors.flatMap((vector) => scoreVector(vector) ?? [])
  const newest = scores.sort((a, b) => Number(b.version) - Number(a.version))
  for (const cvss of newest) {
    const severity = severityOfScore(cvss)
    if (severity !== null) return { severity, cvss }
  }
  return { severity: severityOfWord(word), cvss: null }
}

function severityOfWord(word: string | null): Severity | null {
  return words.get(word?.trim().toLowerCase() ?? '') ?? null
}

const words = new Map<string, Severity>([
  ['critical', 'critical'],
  ['important', 'high'],
  ['high', 'high'],
  ['moderate', 'medium'],
  ['medium', 'medium'],
  ['low', 'low'],
])
