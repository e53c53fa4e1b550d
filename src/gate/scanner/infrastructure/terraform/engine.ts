// The engine for Terraform: reads the modules of a unit, evaluates them and runs the checks.
import { createHash } from 'node:crypto'
import type { Membership, Unit, UnitEngine, UnitEngineResult } from '../../engine.ts'
import type { SourceText } from '../../source-text.ts'
import type { Budget, Weakness } from '../../weakness.ts'
import type { CheckRule } from '../check/rule-data.ts'
import { runChecks, summarizeCheck } from '../check/run.ts'
import type { Resource } from '../resource.ts'
import { Work } from './evaluate/work.ts'
import { kubernetesObjectsIn } from './kubernetes.ts'
import { localFolder } from './modules/called.ts'
import { resourcesOfUnit } from './modules/resources-of-unit.ts'
import { parseHcl } from './syntax/hcl.ts'
import { parseTerraformJson } from './syntax/json.ts'
import type { ParsedFile } from './syntax/tree.ts'

/** `rules` may be of all platforms: those for Terraform and for Kubernetes are taken. */
export function createTerraformEngine({ rules }: { rules: readonly CheckRule[] }): UnitEngine {
  const own = rules.filter(({ platform }) => platform === 'terraform')
  const all = [...own, ...rules.filter(({ platform }) => platform === 'kubernetes')]
  return {
    kind: 'terraform',
    // Those for Kubernetes are listed where manifests are read.
    rules: own.map(summarizeCheck),
    digest: createHash('sha256')
      .update(JSON.stringify([engineVersion, all]))
      .digest('hex'),
    wants: (path) => wanted.test(path),
    prepare: () => null,
    membership,
    scan: (unit, budget) => scanUnit(unit, all, budget),
  }
}

/** Counts up whenever the same rules and bytes may give another result. */
const engineVersion = 2

const wanted = /\.(?:tf|tofu|tfvars)(?:\.json)?$/
const nothing: UnitEngineResult = { weaknesses: [], packages: [], incomplete: null }

/** Without parsing: modules that are linked though nobody calls them do no harm. */
function membership({ path, text }: SourceText): Membership {
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0))
  const links = new Set<string>()
  for (const [, source = ''] of text.matchAll(localSource)) {
    const link = localFolder(folder, source)
    if (link !== null && links.size < linksMax) links.add(link)
  }
  return { kind: 'terraform', links: [...links] }
}

const localSource = /\bsource"?[ \t]*[=:][ \t]*"(\.\.?(?:\/[^"\n]{0,500})?)"/g
const linksMax = 1000

/** What checks are given: all resources of the unit, evaluated. */
export function readTerraform({ files }: Unit, budget: Budget): TerraformRead {
  const work = new Work(budget)
  const parsed: ParsedFile[] = []
  for (const source of files) {
    if (budget.expired()) {
      work.cut('the time limit ended the reading of Terraform files')
      break
    }
    parsed.push(source.path.endsWith('.json') ? parseTerraformJson(source) : parseHcl(source))
  }
  for (const { fault } of parsed) if (fault !== null) work.cut(fault)
  const resources = resourcesOfUnit(parsed, work)
  return { resources, incomplete: work.incomplete }
}

export interface TerraformRead {
  resources: Resource[]
  incomplete: string | null
}

function scanUnit(unit: Unit, rules: readonly CheckRule[], budget: Budget): UnitEngineResult {
  try {
    const { resources, incomplete } = readTerraform(unit, budget)
    const all = [...resources, ...kubernetesObjectsIn(resources)]
    const weaknesses = whereUsed(firstPerPlace(runChecks(all, rules, budget)))
    const reasons = [incomplete, budget.expired() ? 'the time limit ended the checks' : null]
    const reason = reasons.filter((each) => each !== null).join('; ')
    return { weaknesses, packages: [], incomplete: reason === '' ? null : reason }
  } catch (error) {
    return { ...nothing, incomplete: `Terraform could not be read: ${String(error)}` }
  }
}

/** Instances of one block, and uses of one module, have their faults in the same place. */
function firstPerPlace(weaknesses: readonly Weakness[]): Weakness[] {
  const seen = new Map<SourceText, Set<string>>()
  return weaknesses.filter(({ rule, source, start, end }) => {
    const places = seen.get(source) ?? new Set<string>()
    seen.set(source, places)
    const key = `${rule.id} ${start} ${end}`
    return !places.has(key) && places.add(key)
  })
}

/** What is wrong with a document is told where it is used, or where it is written, not at both. */
function whereUsed(weaknesses: readonly Weakness[]): Weakness[] {
  const usedByAny = new Set<string>()
  const usedByResources = new Set<string>()
  for (const weakness of weaknesses) {
    const origin = originOf(weakness)
    if (origin === null) continue
    usedByAny.add(origin)
    if (!isDocument(weakness)) usedByResources.add(origin)
  }
  return weaknesses.filter((weakness) => {
    if (!isDocument(weakness)) return true
    const { rule, source, start } = weakness
    const origin = originOf(weakness)
    return !usedByAny.has(keyOf(rule.id, source, start)) && !usedByResources.has(origin ?? '')
  })
}

/** Documents may be made of others. */
function isDocument({ subject }: Weakness): boolean {
  return subject?.kind === 'resource' && /(?:^|\.)data\.[^.]+\.[^.]+$/.test(subject.address)
}

function originOf({ rule, steps }: Weakness): string | null {
  const [origin] = steps ?? []
  return origin === undefined ? null : keyOf(rule.id, origin.source, origin.start)
}

function keyOf(id: string, { path }: SourceText, start: number): string {
  return `${id} ${start} ${path}`
}
