// Names of vulnerabilities: which kinds there are, and which one people know best.

export type IdKind = 'cve' | 'ghsa' | 'id'

export function kindOf(id: string): IdKind {
  if (/^CVE-\d{4}-\d{4,}$/.test(id)) return 'cve'
  return /^GHSA(?:-[0-9a-z]{4}){3}$/.test(id) ? 'ghsa' : 'id'
}

/** One spelling for each; null for what cannot be a name of a vulnerability. */
export function readId(text: unknown): string | null {
  if (typeof text !== 'string') return null
  const id = text.trim()
  if (!/^[A-Za-z][A-Za-z0-9._:-]{2,63}$/.test(id)) return null
  const upper = id.toUpperCase()
  if (upper.startsWith('CVE-')) return kindOf(upper) === 'cve' ? upper : null
  if (!upper.startsWith('GHSA-')) return id
  const lower = `GHSA-${id.slice(5).toLowerCase()}`
  return kindOf(lower) === 'ghsa' ? lower : null
}

/** CVE, GHSA, then the others; among a kind the oldest first, as far as names tell. */
export function rankIds(ids: Iterable<string>): string[] {
  return [...new Set(ids)].sort(
    (a, b) => ranks[kindOf(a)] - ranks[kindOf(b)] || compareNumbered(a, b),
  )
}

const ranks: Readonly<Record<IdKind, number>> = { cve: 0, ghsa: 1, id: 2 }

function compareNumbered(a: string, b: string): number {
  const first = a.split('-')
  const second = b.split('-')
  for (let at = 0; at < Math.min(first.length, second.length); at++) {
    const [one = '', other = ''] = [first[at], second[at]]
    if (one === other) continue
    const numbers = /^\d+$/.test(one) && /^\d+$/.test(other)
    if (numbers && Number(one) !== Number(other)) return Number(one) - Number(other)
    return one < other ? -1 : 1
  }
  return first.length - second.length
}
