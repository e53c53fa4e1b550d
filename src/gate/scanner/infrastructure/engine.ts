// The engine for infrastructure that is described file by file: Kubernetes, Dockerfiles, Compose,
// GitHub Actions, CloudFormation, and plans of Terraform.
import { createHash } from 'node:crypto'
import type { EngineResult, FileEngine } from '../engine.ts'
import type { SourceText } from '../source-text.ts'
import type { Budget, Weakness } from '../weakness.ts'
import { actionsReader } from './actions/reader.ts'
import type { CheckRule } from './check/rule-data.ts'
import { runChecks, summarizeCheck } from './check/run.ts'
import { cloudFormationReader } from './cloudformation/reader.ts'
import { composeReader } from './compose/reader.ts'
import { dockerfileReader } from './dockerfile/reader.ts'
import { createKubernetesReader } from './kubernetes/reader.ts'
import type { PlatformReader } from './reader.ts'
import type { Platform } from './resource.ts'
import { planReader } from './terraform/plan.ts'

export interface InfrastructureOptions {
  /** Of any platform; those of the platforms that are read here are run. */
  rules: readonly CheckRule[]
}

const ownPlatforms: readonly Platform[] = ['kubernetes', 'dockerfile', 'compose', 'actions']

export function createInfrastructureEngine({ rules }: InfrastructureOptions): FileEngine {
  const own = rules.filter(({ platform }) => ownPlatforms.includes(platform))
  const readers = createReaders(own)
  // Rules for Terraform check templates and plans, too; they are listed by its own engine.
  const all = [...own, ...rules.filter(({ platform }) => platform === 'terraform')]
  return {
    rules: own.map(summarizeCheck),
    digest: createHash('sha256')
      .update(JSON.stringify([engineVersion, all]))
      .digest('hex'),
    wants: (path) => readers.some((reader) => reader.wants(path)),
    prepare: () => null,
    scan: (source, budget) => scan(source, budget, readers, all),
  }
}

/** Counts up whenever the same rules may find something else in the same file. */
const engineVersion = 3

function createReaders(rules: readonly CheckRule[]): PlatformReader[] {
  const kinds = new Set(
    rules.filter(({ platform }) => platform === 'kubernetes').flatMap(({ resources }) => resources),
  )
  const kubernetes = createKubernetesReader(kinds)
  const files = [kubernetes, dockerfileReader, composeReader, actionsReader]
  return [...files, cloudFormationReader, planReader]
}

function scan(
  source: SourceText,
  budget: Budget,
  readers: readonly PlatformReader[],
  rules: readonly CheckRule[],
): EngineResult {
  const result: EngineResult = { weaknesses: [], incomplete: null }
  for (const reader of readers) {
    if (!reader.wants(source.path)) continue
    const { resources, problem } = reader.read(source, budget)
    result.weaknesses.push(...eachOnce(runChecks(resources, rules, budget)))
    result.incomplete ??= problem
  }
  if (budget.expired()) result.incomplete ??= 'time ran out before all checks of this file had run'
  return result
}

/** A resource that is read in several cases may be at fault on the same line in each. */
function eachOnce(weaknesses: readonly Weakness[]): Weakness[] {
  const seen = new Set<string>()
  return weaknesses.filter(({ rule, source, start, identities }) => {
    const address = identities[0]?.parts[0] ?? ''
    const key = JSON.stringify([rule.id, source.positionAt(start).line, address])
    return !seen.has(key) && seen.add(key)
  })
}
