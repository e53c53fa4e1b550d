// The tables of CVSS version 4.0, as FIRST's specification and its data file publish them: scores
// of the equivalence classes, their most severe vectors, and how far apart values of a metric are.
import type { Metrics } from './vector.ts'

/**
 * Tenths. A row for each EQ1, EQ2 and EQ3, the last one fastest; within it by EQ4, EQ5 and EQ6.
 * Where EQ3 is 2, EQ6 can only be 1.
 */
const rows = [
  '100 99 98 95 95 92 100 96 93 87 91 81 93 90 89 80 81 68',
  '98 95 95 92 90 84 93 92 89 81 81 65 88 80 78 70 69 48',
  '92 82 72 79 69 50 69 55 27',
  '99 97 95 92 92 85 95 91 90 83 84 71 92 81 82 71 72 53',
  '95 93 92 85 85 73 92 82 80 72 70 59 84 70 71 52 50 30',
  '86 75 52 71 52 29 63 29 17',
  '98 95 94 87 91 81 94 89 86 74 77 64 87 75 74 63 63 49',
  '94 89 88 77 76 67 86 76 74 58 59 50 72 57 57 52 52 25',
  '83 70 54 65 58 26 53 21 13',
  '95 90 88 76 76 70 90 77 75 62 61 53 77 66 68 59 52 30',
  '89 78 76 67 62 58 74 59 57 57 47 23 61 52 57 29 24 16',
  '71 59 30 58 26 15 23 13 6',
  '93 87 86 72 75 58 86 74 74 61 56 34 70 54 52 40 40 22',
  '85 75 74 55 62 51 72 57 55 41 46 19 53 36 34 19 19 8',
  '64 51 20 47 21 11 24 9 4',
  '88 75 73 53 60 50 73 55 59 40 41 20 54 43 45 22 20 11',
  '75 55 58 45 40 21 61 51 48 18 20 9 46 18 17 7 8 2',
  '53 24 14 24 12 5 10 3 1',
].map((row) => row.split(' ').map(Number))

/** From 0 to 10; null where there is no such class. */
export function scoreOf(macrovector: string): number | null {
  const [eq1 = 9, eq2 = 9, eq3 = 9, eq4 = 9, eq5 = 9, eq6 = 9] = [...macrovector].map(Number)
  if (eq1 > 2 || eq2 > 1 || eq3 > 2 || eq4 > 2 || eq5 > 2 || eq6 > 1) return null
  if (eq3 === 2 && eq6 === 0) return null
  const column = eq3 === 2 ? eq4 * 3 + eq5 : (eq4 * 3 + eq5) * 2 + eq6
  const tenths = rows[(eq1 * 2 + eq2) * 3 + eq3]?.[column]
  return tenths === undefined ? null : tenths / 10
}

interface LevelSet {
  /** Positions in the macrovector; EQ3 and EQ6 depend on each other. */
  digits: readonly number[]
  /** Steps between the most and the least severe vector of the level. */
  depth(macrovector: string): number
  /** By the digits; separated by a space, the order matters. */
  highest: Readonly<Record<string, string>>
}

export const levelsIn: readonly LevelSet[] = [
  {
    digits: [0],
    depth: (macrovector) => [1, 4, 5][Number(macrovector[0])] ?? 1,
    highest: {
      0: 'AV:N/PR:N/UI:N',
      1: 'AV:A/PR:N/UI:N AV:N/PR:L/UI:N AV:N/PR:N/UI:P',
      2: 'AV:P/PR:N/UI:N AV:A/PR:L/UI:P',
    },
  },
  {
    digits: [1],
    depth: (macrovector) => [1, 2][Number(macrovector[1])] ?? 1,
    highest: { 0: 'AC:L/AT:N', 1: 'AC:H/AT:N AC:L/AT:P' },
  },
  {
    digits: [2, 5],
    depth: (macrovector) => confidentialityDepths[digitsOf([2, 5], macrovector)] ?? 1,
    highest: {
      '00': 'VC:H/VI:H/VA:H/CR:H/IR:H/AR:H',
      '01': 'VC:H/VI:H/VA:L/CR:M/IR:M/AR:H VC:H/VI:H/VA:H/CR:M/IR:M/AR:M',
      10: 'VC:L/VI:H/VA:H/CR:H/IR:H/AR:H VC:H/VI:L/VA:H/CR:H/IR:H/AR:H',
      11: [
        'VC:L/VI:H/VA:L/CR:H/IR:M/AR:H VC:L/VI:H/VA:H/CR:H/IR:M/AR:M',
        'VC:H/VI:L/VA:H/CR:M/IR:H/AR:M VC:H/VI:L/VA:L/CR:M/IR:H/AR:H',
        'VC:L/VI:L/VA:H/CR:H/IR:H/AR:M',
      ].join(' '),
      21: 'VC:L/VI:L/VA:L/CR:H/IR:H/AR:H',
    },
  },
  {
    digits: [3],
    depth: (macrovector) => [6, 5, 4][Number(macrovector[3])] ?? 1,
    highest: { 0: 'SC:H/SI:S/SA:S', 1: 'SC:H/SI:H/SA:H', 2: 'SC:L/SI:L/SA:L' },
  },
  {
    digits: [4],
    depth: () => 1,
    highest: { 0: 'E:A', 1: 'E:P', 2: 'E:U' },
  },
]

const confidentialityDepths: Readonly<Record<string, number>> = {
  '00': 7,
  '01': 6,
  10: 8,
  11: 8,
  21: 10,
}

/** The most severe vectors of the level that a macrovector has in this set. */
export function highestIn({ digits, highest }: LevelSet, macrovector: string): Metrics[] {
  const texts = highest[digitsOf(digits, macrovector)]?.split(' ') ?? []
  return texts.map((text) => new Map(text.split('/').map((part) => pair(part))))
}

function digitsOf(digits: readonly number[], macrovector: string): string {
  return digits.map((digit) => macrovector[digit] ?? '').join('')
}

function pair(part: string): [string, string] {
  const at = part.indexOf(':')
  return [part.slice(0, at), part.slice(at + 1)]
}

/** How many steps `value` lies below `top`; negative where it lies above. */
export function distanceIn(metric: string, top: string, value: string): number {
  const order = orders[metric] ?? ''
  return order.indexOf(value) - order.indexOf(top)
}

/** Values from the most severe on, a step apart each. */
const orders: Readonly<Record<string, string>> = {
  AV: 'NALP',
  PR: 'NLH',
  UI: 'NPA',
  AC: 'LH',
  AT: 'NP',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: 'HLN',
  SI: 'SHLN',
  SA: 'SHLN',
  CR: 'HML',
  IR: 'HML',
  AR: 'HML',
  E: 'APU',
}
