// CVSS version 4.0: the score of a vector, after chapter 8 of FIRST's specification document. A
// vector belongs to one of 270 equivalence classes (macrovectors), each with a score that experts
// gave it; within the class the score falls with the distance from its most severe vectors.
import { distanceIn, highestIn, levelsIn, scoreOf } from './macrovectors.ts'
import { type Metrics, readMetrics } from './vector.ts'

const optional = {
  E: 'X A P U',
  CR: 'X H M L',
  IR: 'X H M L',
  AR: 'X H M L',
  MAV: 'X N A L P',
  MAC: 'X L H',
  MAT: 'X N P',
  MPR: 'X N L H',
  MUI: 'X N P A',
  MVC: 'X H L N',
  MVI: 'X H L N',
  MVA: 'X H L N',
  MSC: 'X H L N',
  MSI: 'X S H L N',
  MSA: 'X S H L N',
  S: 'X N P',
  AU: 'X N Y',
  R: 'X A U I',
  V: 'X D C',
  RE: 'X L M H',
  U: 'X Clear Green Amber Red',
}
const base = {
  AV: 'N A L P',
  AC: 'L H',
  AT: 'N P',
  PR: 'N L H',
  UI: 'N P A',
  VC: 'H L N',
  VI: 'H L N',
  VA: 'H L N',
  SC: 'H L N',
  SI: 'H L N',
  SA: 'H L N',
}

/** `text` is the vector without its `CVSS:4.0/`. 0 to 10; null for what is no such vector. */
export function scoreV4(text: string): number | null {
  const metrics = readMetrics(text, { ...base, ...optional }, Object.keys(base))
  if (metrics === null) return null
  const value = effective(metrics)
  const harmless = ['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].every((name) => value(name) === 'N')
  if (harmless) return 0
  const macrovector = classify(value)
  const score = scoreOf(macrovector) ?? 0
  return round(Math.min(Math.max(score - meanDrop(macrovector, score, value), 0), 10))
}

type Values = (name: string) => string

/** A modified metric replaces its base metric; undefined ones count as the worst. */
function effective(metrics: Metrics): Values {
  const worst: Record<string, string> = { E: 'A', CR: 'H', IR: 'H', AR: 'H' }
  return (name) => {
    const modified = metrics.get(`M${name}`)
    if (modified !== undefined && modified !== 'X') return modified
    const value = metrics.get(name) ?? 'X'
    return value === 'X' ? (worst[name] ?? 'X') : value
  }
}

/** The six digits of EQ1 to EQ6, tables 24 to 29. */
function classify(value: Values): string {
  const easy = [value('AV') === 'N', value('PR') === 'N', value('UI') === 'N']
  const eq1 = easy.every(Boolean) ? 0 : easy.some(Boolean) && value('AV') !== 'P' ? 1 : 2
  const eq2 = value('AC') === 'L' && value('AT') === 'N' ? 0 : 1
  const high = (name: string) => value(name) === 'H'
  const eq3 = high('VC') && high('VI') ? 0 : high('VC') || high('VI') || high('VA') ? 1 : 2
  const safety = value('SI') === 'S' || value('SA') === 'S'
  const eq4 = safety ? 0 : high('SC') || high('SI') || high('SA') ? 1 : 2
  const eq5 = 'APU'.indexOf(value('E'))
  const needed = [
    ['CR', 'VC'],
    ['IR', 'VI'],
    ['AR', 'VA'],
  ]
  const eq6 = needed.some((pair) => pair.every(high)) ? 0 : 1
  return `${eq1}${eq2}${eq3}${eq4}${eq5}${eq6}`
}

/** How far the vector's score lies below its class's, averaged over the sets that can fall. */
function meanDrop(macrovector: string, score: number, value: Values): number {
  const drops: number[] = []
  for (const set of levelsIn) {
    const next = nextLower(macrovector, set.digits)
    if (next === null) continue
    const distance = nearest(highestIn(set, macrovector), value)
    drops.push(((score - next) * distance) / set.depth(macrovector))
  }
  return drops.length === 0 ? 0 : drops.reduce((sum, drop) => sum + drop, 0) / drops.length
}

/** The highest score of the classes one level below in these digits; null where there is none. */
function nextLower(macrovector: string, digits: readonly number[]): number | null {
  const scores = digits.flatMap((digit) => {
    const level = Number(macrovector[digit]) + 1
    const lower = `${macrovector.slice(0, digit)}${level}${macrovector.slice(digit + 1)}`
    return scoreOf(lower) ?? []
  })
  return scores.length === 0 ? null : Math.max(...scores)
}

/** Steps from the first of the most severe vectors that is nowhere below this one. */
function nearest(highest: readonly Metrics[], value: Values): number {
  for (const vector of highest) {
    const steps = [...vector].map(([name, top]) => distanceIn(name, top, value(name)))
    if (steps.every((step) => step >= 0)) return steps.reduce((sum, step) => sum + step, 0)
  }
  return 0
}

function round(score: number): number {
  return Math.round(score * 10 + 1e-9) / 10
}
