// A SARIF document in two passes: the first gathers what results refer to, the second maps them.
import type { Finding } from '../../scanner/finding.ts'
import type { Suppressed } from '../../scanner/suppressed.ts'
import { Budget } from '../budget.ts'
import { DocumentError, wrongType } from '../document-error.ts'
import type { ElementPath } from '../json/elements.ts'
import { placeOf } from '../json/paths.ts'
import { isObject, type JsonObject, listOf } from '../json/values.ts'
import { toolNameCharsMax } from '../limits.ts'
import type { ElementHandler, MapperOptions, Reader } from '../reader.ts'
import { cleanLine } from '../text.ts'
import { ResultFingerprints } from './fingerprints.ts'
import { mapResult, suppressionOf } from './result.ts'
import { categoryOf, isComplete, Run, toolNameOf } from './run.ts'

const resultsPath = 'runs.*.results.*'
const driverRulesPath = 'runs.*.tool.driver.rules.*'
const extensionRulesPath = 'runs.*.tool.extensions.*.rules.*'
const artefactsPath = 'runs.*.artifacts.*'

const runsMax = 1_000
const rulesMax = 100_000
const artefactsMax = 500_000

/** Long lists that say nothing about findings, so that they do not count as the document's rest. */
const ignoredPaths = [
  'inlineExternalProperties.*',
  'runs.*.addresses.*',
  'runs.*.graphs.*',
  'runs.*.invocations.*.arguments.*',
  'runs.*.invocations.*.toolConfigurationNotifications.*',
  'runs.*.invocations.*.toolExecutionNotifications.*',
  'runs.*.logicalLocations.*',
  'runs.*.taxonomies.*.taxa.*',
  'runs.*.threadFlowLocations.*',
  'runs.*.tool.driver.notifications.*',
  'runs.*.tool.driver.taxa.*',
  'runs.*.tool.extensions.*.notifications.*',
  'runs.*.tool.extensions.*.taxa.*',
  'runs.*.webRequests.*',
  'runs.*.webResponses.*',
]
const ignoredMax = 5_000_000

/** The paths that a look at the outside needs: everything long is left out. */
export function sarifPaths(resultsMax: number): Record<string, ElementPath> {
  return {
    ...Object.fromEntries(ignoredPaths.map((path) => [path, { elementsMax: ignoredMax }])),
    [resultsPath]: { elementsMax: resultsMax },
    [driverRulesPath]: { elementsMax: rulesMax },
    [extensionRulesPath]: { elementsMax: rulesMax },
    [artefactsPath]: { elementsMax: artefactsMax },
  }
}

/** The tools of all runs, and the category where all agree on one. Throws DocumentError. */
export function describeSarif(document: JsonObject): { tool: string; category: string | null } {
  const runs = listOf(document.runs)
  if (runs.length === 0) throw new DocumentError('runs is empty; a run names the tool')
  if (runs.length > runsMax) throw new DocumentError(`runs has more than ${runsMax} elements`)
  const tools = runs.map((run, at) => {
    const name = toolNameOf(run, `runs[${at}]`)
    const results = isObject(run) ? run.results : null
    if (results !== undefined && results !== null && !Array.isArray(results)) {
      throw wrongType(`runs[${at}].results`, 'a list', results)
    }
    return name
  })
  const [category = null, ...others] = new Set(runs.map(categoryOf))
  return {
    tool: cleanLine([...new Set(tools)].sort().join(' + '), 2 * toolNameCharsMax),
    category: others.length === 0 ? category : null,
  }
}

export class SarifReader implements Reader {
  readonly findingsPath = resultsPath
  private readonly budget = new Budget()
  private readonly runs: Run[] = []
  private complete = false

  firstPass(): Record<string, ElementHandler> {
    return {
      [resultsPath]: (result, indices) => this.see(result, indices),
      [driverRulesPath]: (rule, indices) => {
        this.run(indices).rules.add(0, rule, placeOf(driverRulesPath, indices))
      },
      [extensionRulesPath]: (rule, indices) => {
        const component = (indices[1] ?? 0) + 1
        this.run(indices).rules.add(component, rule, placeOf(extensionRulesPath, indices))
      },
      [artefactsPath]: (artefact, indices) => this.run(indices).artefacts.add(artefact),
    }
  }

  endFirstPass(document: JsonObject, repositoryName: string | null): void {
    const runs = listOf(document.runs).filter(isObject)
    for (const [at, run] of runs.entries()) this.run([at]).describe(run, repositoryName)
    this.complete = runs.every(isComplete)
  }

  get isComplete(): boolean {
    return this.complete
  }

  ruleIds(): string[] | 'all' {
    const executed = this.runs.map((run) => run.rules.executed())
    if (executed.every((ids) => ids === null)) return 'all'
    return [...new Set(executed.flatMap((ids) => ids ?? []))]
  }

  mapper({ skip, fingerprintKey }: MapperOptions) {
    const fingerprints = this.fingerprints(fingerprintKey)
    return (result: unknown, indices: readonly number[]): Finding[] => {
      const mapped = mapResult(result, this.run(indices), () => placeOf(resultsPath, indices))
      if (typeof mapped === 'string') {
        skip(mapped)
        return []
      }
      const named = fingerprints[indices[0] ?? 0]?.of(mapped.identified) ?? []
      return [{ ...mapped.finding, fingerprints: named }]
    }
  }

  readonly setAside = {
    path: resultsPath,
    mapper: ({ fingerprintKey }: MapperOptions) => {
      const fingerprints = this.fingerprints(fingerprintKey)
      return (result: unknown, indices: readonly number[]): Suppressed[] => {
        const by = suppressionOf(result)
        if (by === null) return []
        const place = () => placeOf(resultsPath, indices)
        const mapped = mapResult(result, this.run(indices), place, { suppressed: true })
        if (typeof mapped === 'string') return []
        const named = fingerprints[indices[0] ?? 0]?.of(mapped.identified) ?? []
        return [{ finding: { ...mapped.finding, fingerprints: named }, ...by }]
      }
    },
  }

  private fingerprints(key: Uint8Array | null): ResultFingerprints[] {
    return this.runs.map((run) => new ResultFingerprints(run.trust, key))
  }

  private see(result: unknown, indices: readonly number[]): void {
    const place = () => placeOf(resultsPath, indices)
    if (!isObject(result)) throw wrongType(place(), 'an object', result)
    const run = this.run(indices)
    run.rules.use(result, place)
    run.trust.see(result)
  }

  private run([at = 0]: readonly number[]): Run {
    if (at >= runsMax) throw new DocumentError(`runs has more than ${runsMax} elements`)
    while (this.runs.length <= at) this.runs.push(new Run(this.budget))
    return this.runs[at] as Run
  }
}
