// CVSS versions 3.0 and 3.1: the base score, after the equations of FIRST's specification
// documents. The two word the rounding differently, with the same result for every base vector.
import { type Metrics, readMetrics, weigh } from './vector.ts'

const vocabulary = {
  AV: 'N A L P',
  AC: 'L H',
  PR: 'N L H',
  UI: 'N R',
  S: 'U C',
  C: 'N L H',
  I: 'N L H',
  A: 'N L H',
  E: 'X U P F H',
  RL: 'X O T W U',
  RC: 'X U R C',
  CR: 'X L M H',
  IR: 'X L M H',
  AR: 'X L M H',
  MAV: 'X N A L P',
  MAC: 'X L H',
  MPR: 'X N L H',
  MUI: 'X N R',
  MS: 'X U C',
  MC: 'X N L H',
  MI: 'X N L H',
  MA: 'X N L H',
}
const required = ['AV', 'AC', 'PR', 'UI', 'S', 'C', 'I', 'A']

const attackVector = { N: 0.85, A: 0.62, L: 0.55, P: 0.2 }
const attackComplexity = { L: 0.77, H: 0.44 }
const privileges = { N: 0.85, L: 0.62, H: 0.27 }
const privilegesOverScopes = { N: 0.85, L: 0.68, H: 0.5 }
const interaction = { N: 0.85, R: 0.62 }
const impactWeights = { N: 0, L: 0.22, H: 0.56 }

/** `metrics` is the vector without its `CVSS:3.x/`. 0 to 10; null for what is no such vector. */
export function scoreV3(text: string): number | null {
  const metrics = readMetrics(text, vocabulary, required)
  return metrics === null ? null : roundUp(baseScore(metrics))
}

function baseScore(metrics: Metrics): number {
  const changed = metrics.get('S') === 'C'
  const left = (name: string) => 1 - weigh(impactWeights, metrics, name)
  const loss = 1 - left('C') * left('I') * left('A')
  const impact = changed ? 7.52 * (loss - 0.029) - 3.25 * (loss - 0.02) ** 15 : 6.42 * loss
  if (impact <= 0) return 0
  const exploitability =
    8.22 *
    weigh(attackVector, metrics, 'AV') *
    weigh(attackComplexity, metrics, 'AC') *
    weigh(changed ? privilegesOverScopes : privileges, metrics, 'PR') *
    weigh(interaction, metrics, 'UI')
  return Math.min((impact + exploitability) * (changed ? 1.08 : 1), 10)
}

/** Appendix A of version 3.1: up to one decimal, whatever the last bits of the sum are. */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000)
  if (whole % 10_000 === 0) return whole / 100_000
  return (Math.floor(whole / 10_000) + 1) / 10
}
