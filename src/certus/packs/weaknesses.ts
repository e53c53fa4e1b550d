// The findings of a pack by what they are about: enough to say which controls they speak against.
import type { Severity } from '../seal/grade/score.ts'
import type { Submission } from './schema.ts'

export type Weaknesses = {
  cwe: string | null
  scan_type: string | null
  severity: Severity
  count: number
}[]

export function weaknessesOf({ findings }: Pick<Submission, 'findings'>): Weaknesses {
  const kinds = Map.groupBy(findings, ({ cwe_id, scan_type, severity }) => {
    return JSON.stringify([cwe_id ?? null, scan_type ?? null, severity])
  })
  return [...kinds.values()].flatMap((same) => {
    const [first] = same
    if (first === undefined) return []
    const { cwe_id = null, scan_type = null, severity } = first
    return [{ cwe: cwe_id, scan_type, severity, count: same.length }]
  })
}
