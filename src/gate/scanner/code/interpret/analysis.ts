// From one lowered file to its weaknesses.

import type { EngineResult } from '../../engine.ts'
import type { SourceText } from '../../source-text.ts'
import type { Budget } from '../../weakness.ts'
import type { IrFile, Language } from '../ir/ir.ts'
import { Catalogue } from '../model/catalogue.ts'
import { emptyModels } from '../model/data.ts'
import type { CodeRules } from '../rule-data.ts'
import { isTestCode } from '../test-path.ts'
import { DeclaredTypes } from './declared-types.ts'
import { Frame } from './domain.ts'
import { evaluateExpression } from './evaluate.ts'
import { executeStatements } from './execute.ts'
import { Findings } from './findings.ts'

import { invoke } from './invoke.ts'
import { Jumps } from './jumps.ts'
import { Machine } from './machine.ts'
import { typeElsewhere } from './modules.ts'
import { namesOf, type Resolve } from './names.ts'
import { ProgramModules, qualified } from './program-modules.ts'
import { RuleSet } from './rule-set.ts'
import { runFile } from './run.ts'
import type { Stopped } from './stopped.ts'
import { type Neighbour, nothingElse, type Surroundings } from './surroundings.ts'

/**
 * With `surroundings`, calls are followed out of the file; weaknesses may then be in another one.
 */
export type Analyse = (
  file: IrFile,
  source: SourceText,
  budget: Budget,
  surroundings?: Surroundings,
) => EngineResult & { stopped: readonly Stopped[] }

/** Models are indexed once; the result is used for any number of files. */
export function createAnalysis(rules: CodeRules, language: Language): Analyse {
  const models = rules.models.find((one) => one.language === language) ?? emptyModels(language)
  const catalogue = new Catalogue(models)
  const known = new RuleSet(rules, language)
  const interpreter = { evaluate: evaluateExpression, execute: executeStatements, invoke }
  return (file, source, budget, surroundings = nothingElse) => {
    const findings = new Findings(known, isTestCode(source.path))
    const declared = new DeclaredTypes({
      file: (type) => {
        const found = language === 'java' ? surroundings.type(type) : null
        return found === null ? null : frameOf(found)
      },
      names: (type) => typeElsewhere(machine, type),
      isSettled: () => modules.running === 0,
      subtypes: (type) => surroundings.subtypes(type).map(frameOf),
    })
    const frameOf = (at: Neighbour): Frame => {
      const resolve = namesOf(at.file, catalogue, declared)
      return new Frame(at.file.main, { ...at, resolve: withOwnTypes(at, resolve) }, null)
    }
    /** Where paths name modules, types of other files have the path in their name. */
    const withOwnTypes = (at: Neighbour, resolve: Resolve): Resolve => {
      if (language === 'java' || at.source === source) return resolve
      const own = new Set(at.file.types.map(({ name }) => name))
      return (name) => (own.has(name) ? qualified(at.source, name) : resolve(name))
    }
    const frame = frameOf({ file, source })
    const modules = new ProgramModules(frame, surroundings, frameOf)
    declared.addFile(frame)
    const jumps = new Jumps()
    const machine = new Machine({
      budget,
      catalogue,
      interpreter,
      findings,
      declared,
      modules,
      jumps,
      frame,
      resource: (name) => surroundings.resource(name),
    })
    const incomplete = runFile(machine)
    return { weaknesses: findings.weaknesses(), incomplete, stopped: findings.stopped }
  }
}
