import { describe, expect, it } from 'vitest'
import { type Severity, scoreOf, severities, type Weighed } from './score.ts'
import { wayTo } from './way.ts'

const of = (counts: Partial<Record<Severity, number>>): Weighed[] =>
  Object.entries(counts).flatMap(([severity, count]) =>
    Array.from({ length: count }, () => ({ severity: severity as Severity })),
  )

describe('the score', () => {
  it.each<[Partial<Record<Severity, number>>, number, string]>([
    [{}, 100, 'A'],
    [{ info: 50 }, 100, 'A'],
    [{ medium: 1 }, 93, 'A'],
    [{ high: 1 }, 80, 'B'],
    [{ low: 6 }, 90, 'A'],
    [{ critical: 1 }, 50, 'D'],
    [{ critical: 2, high: 8, medium: 20, low: 12 }, 15, 'F'],
  ])('of %j is %i, grade %s', (counts, score, grade) => {
    expect(scoreOf(of(counts))).toMatchObject({ score, grade })
  })

  it('caps the grade by the worst finding, even where little debt is left of it', () => {
    const high = { severity: 'high', unreachable: true } as const
    expect(scoreOf([high])).toMatchObject({ score: 88, grade: 'B' })
    const critical = { severity: 'critical', unreachable: true } as const
    expect(scoreOf([critical])).toMatchObject({ score: 66, grade: 'D' })
  })

  it('weighs what is exploited, and not what is set aside', () => {
    expect(scoreOf([{ severity: 'high', exploited: true }]).debt).toBe(30)
    expect(scoreOf([{ severity: 'high', exploitation: 0.5 }]).debt).toBe(22.5)
    expect(scoreOf([{ severity: 'critical', setAside: true }])).toMatchObject({ grade: 'A' })
  })

  it('is no better than the controls that were tested', () => {
    const controls = [
      { weight: 3, passed: 1 },
      { weight: 1, passed: 0 },
    ]
    expect(scoreOf([], controls)).toMatchObject({ score: 75, controls: 75, grade: 'B' })
    expect(scoreOf([], [])).toMatchObject({ score: 100, controls: null })
  })

  it('never gains by more or worse findings, in 300,000 random cases', () => {
    const random = seeded(20_261_122)
    const faults: string[] = []
    for (let count = 0; count < 300_000; count += 1) {
      const findings = Array.from({ length: Math.floor(random() * 12) }, () => anyFinding(random))
      const before = scoreOf(findings)
      const worse = count % 2 === 0 ? [...findings, anyFinding(random)] : worsened(findings, random)
      const after = scoreOf(worse)
      if (after.score > before.score || after.grade < before.grade) {
        faults.push(JSON.stringify({ findings, worse }))
      }
    }
    expect(faults).toEqual([])
  })
})

describe('the cheapest way', () => {
  it('reaches the grade, and not with one finding less', () => {
    const random = seeded(7)
    for (let count = 0; count < 2_000; count += 1) {
      const findings = Array.from({ length: Math.floor(random() * 30) }, () => anyFinding(random))
      const { mend } = wayTo('B', findings)
      const left = (gone: readonly Weighed[]) => findings.filter((one) => !gone.includes(one))
      expect(['A', 'B']).toContain(scoreOf(left(mend)).grade)
      if (mend.length > 0) expect(scoreOf(left(mend.slice(0, -1))).grade > 'B').toBe(true)
    }
  })

  it('mends what forbids the grade before what is heavy', () => {
    const high = { severity: 'high', unreachable: true } as const
    const mediums = of({ medium: 2 })
    expect(wayTo('A', [...mediums, high])).toMatchObject({ mend: [high, mediums[0]] })
    expect(wayTo('F', of({ critical: 9 })).mend).toEqual([])
  })
})

function anyFinding(random: () => number): Weighed {
  return {
    severity: severities[Math.floor(random() * severities.length)] ?? 'low',
    exploited: random() < 0.1,
    exploitation: random(),
    unreachable: random() < 0.2,
    setAside: random() < 0.1,
  }
}

/** One of them in one respect. */
function worsened(findings: readonly Weighed[], random: () => number): Weighed[] {
  const at = Math.floor(random() * findings.length)
  return findings.map((finding, index) => {
    if (index !== at) return finding
    const rank = severities.indexOf(finding.severity)
    const change = Math.floor(random() * 5)
    if (change === 0)
      return { ...finding, severity: severities[Math.max(0, rank - 1)] ?? 'critical' }
    if (change === 1) return { ...finding, exploited: true }
    if (change === 2) return { ...finding, exploitation: 1 }
    if (change === 3) return { ...finding, unreachable: false }
    return { ...finding, setAside: false }
  })
}

/** mulberry32. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
