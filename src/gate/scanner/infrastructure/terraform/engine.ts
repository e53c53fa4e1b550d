// The engine for Terraform: reads the modules of a unit, evaluates them and runs the checks.
import { createHash } from 'node:crypto'
import type { Membership, Unit, UnitEngine, UnitEngineResult } from '../../engine.ts'
import type { SourceText } from '../../source-text.ts'
import type { Budget, Weakness } from '../../weakness.ts'
import type { CheckRule } from '../check/rule-data.ts'
import { runChecks, summarizeCheck } from '../check/run.ts'
import type { Resource } from '../resource.ts'
import { Work } from './evaluate/work.ts'
import { localFolder } from './modules/called.ts'
import { resourcesOfUnit } from './modules/resources-of-unit.ts'
import { parseHcl } from './syntax/hcl.ts'
import { parseTerraformJson } from './syntax/json.ts'
import type { ParsedFile } from './syntax/tree.ts'

/** `rules` may be of all platforms: those for Terraform are taken. */
export function createTerraformEngine({ rules }: { rules: readonly CheckRule[] }): UnitEngine {
  const own = rules.filter(({ platform }) => platform === 'terraform')
  return {
    kind: 'terraform',
    rules: own.map(summarizeCheck),
    digest: createHash('sha256')
      .update(JSON.stringify([engineVersion, own]))
      .digest('hex'),
    wants: (path) => wanted.test(path),
    prepare: () => null,
    membership,
    scan: (unit, budget) => scanUnit(unit, own, budget),
  }
}

/** Counts up whenever the same rules and bytes may give another result. */
const engineVersion = 1

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
    const weaknesses = firstPerPlace(runChecks(resources, rules, budget))
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
