// Recognises findings of an earlier scan among those of this one by their fingerprints.
import type { Fingerprint } from './finding.ts'

export interface Fingerprinted {
  fingerprints: readonly Fingerprint[]
}

/**
 * For each of `current` the index of the finding in `earlier` that it is, or null for a new one.
 * The algorithms are tried one after the other, in the order in which findings name them, over
 * all findings; an earlier finding is given away once. So of one secret in two files, each keeps
 * its own history, and a third copy is new.
 */
export function matchFindings(
  earlier: readonly Fingerprinted[],
  current: readonly Fingerprinted[],
): (number | null)[] {
  const matches: (number | null)[] = current.map(() => null)
  const free = new Set(earlier.keys())
  for (const algorithm of algorithmsOf(current)) {
    const byValue = indexBy(algorithm, earlier, free)
    current.forEach((finding, index) => {
      if (matches[index] !== null) return
      const found = byValue.get(fingerprintOf(finding, algorithm) ?? '')?.shift()
      if (found === undefined) return
      matches[index] = found
      free.delete(found)
    })
  }
  return matches
}

/** All algorithms, such that none comes before one that some finding trusts more. */
function algorithmsOf(findings: readonly Fingerprinted[]): string[] {
  const rank = new Map<string, number>()
  for (const { fingerprints } of findings) {
    fingerprints.forEach(({ algorithm }, index) => {
      rank.set(algorithm, Math.max(rank.get(algorithm) ?? 0, index))
    })
  }
  return [...rank].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name)
}

function indexBy(
  algorithm: string,
  findings: readonly Fingerprinted[],
  free: ReadonlySet<number>,
): Map<string, number[]> {
  const byValue = new Map<string, number[]>()
  for (const index of free) {
    const value = fingerprintOf(findings[index], algorithm)
    if (value === undefined) continue
    const known = byValue.get(value)
    if (known === undefined) byValue.set(value, [index])
    else known.push(index)
  }
  return byValue
}

function fingerprintOf(finding: Fingerprinted | undefined, algorithm: string): string | undefined {
  return finding?.fingerprints.find((fingerprint) => fingerprint.algorithm === algorithm)?.value
}
