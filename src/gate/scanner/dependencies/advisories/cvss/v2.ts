// CVSS version 2: the base score, after the equations of FIRST's "A Complete Guide to the Common
// Vulnerability Scoring System Version 2.0".
import { type Metrics, readMetrics, weigh } from './vector.ts'

const vocabulary = {
  AV: 'L A N',
  AC: 'H M L',
  Au: 'M S N',
  C: 'N P C',
  I: 'N P C',
  A: 'N P C',
  E: 'U POC F H ND',
  RL: 'OF TF W U ND',
  RC: 'UC UR C ND',
  CDP: 'N L LM MH H ND',
  TD: 'N L M H ND',
  CR: 'L M H ND',
  IR: 'L M H ND',
  AR: 'L M H ND',
}
const required = ['AV', 'AC', 'Au', 'C', 'I', 'A']

const accessVector = { L: 0.395, A: 0.646, N: 1 }
const accessComplexity = { H: 0.35, M: 0.61, L: 0.71 }
const authentication = { M: 0.45, S: 0.56, N: 0.704 }
const impactWeights = { N: 0, P: 0.275, C: 0.66 }

/** 0 to 10; null for a text that is no vector of version 2. */
export function scoreV2(vector: string): number | null {
  const bare = vector.replace(/^\((.*)\)$/, '$1')
  const metrics = readMetrics(bare, vocabulary, required)
  return metrics === null ? null : baseScore(metrics)
}

function baseScore(metrics: Metrics): number {
  const left = (name: string) => 1 - weigh(impactWeights, metrics, name)
  const impact = 10.41 * (1 - left('C') * left('I') * left('A'))
  const exploitability =
    20 *
    weigh(accessVector, metrics, 'AV') *
    weigh(accessComplexity, metrics, 'AC') *
    weigh(authentication, metrics, 'Au')
  const factor = impact === 0 ? 0 : 1.176
  return Math.round((0.6 * impact + 0.4 * exploitability - 1.5) * factor * 10) / 10
}
