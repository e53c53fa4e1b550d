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
import { namesOf } from './names.ts'
import { RuleSet } from './rule-set.ts'
import { runFile } from './run.ts'

/**
 * With `surroundings`, calls are followed out of the file; weaknesses may then be in another one.
 */
export type Analyse = (
  file: IrFile,
  source: SourceText,
  budget: Budget,
  surroundings?: Surroundings,
) => EngineResult

/** What of the program lies beside the file at hand. */
export interface Surroundings {
  /** The file that declares a type of this full name. */
  type(name: string): { file: IrFile; source: SourceText } | null
  /** The text of a file that is read by its name: `settings.properties`. */
  resource(name: string): string | null
}

const nothingElse: Surroundings = { type: () => null, resource: () => null }

/** Models are indexed once; the result is used for any number of files. */
export function createAnalysis(rules: CodeRules, language: Language): Analyse {
  const models = rules.models.find((one) => one.language === language) ?? emptyModels(language)
  const catalogue = new Catalogue(models)
  const known = new RuleSet(rules, language)
  const interpreter = { evaluate: evaluateExpression, execute: executeStatements, invoke }
  return (file, source, budget, surroundings = nothingElse) => {
    const findings = new Findings(known, isTestCode(source.path))
    const frameOf = (at: { file: IrFile; source: SourceText }): Frame => {
      const resolve = namesOf(at.file, catalogue, declared)
      return new Frame(at.file.main, { ...at, resolve }, null)
    }
    const declared = new DeclaredTypes((type) => {
      const found = surroundings.type(type)
      return found === null ? null : frameOf(found)
    })
    const frame = frameOf({ file, source })
    declared.addFile(frame)
    const jumps = new Jumps()
    const machine = new Machine({
      budget,
      catalogue,
      interpreter,
      findings,
      declared,
      jumps,
      frame,
      resource: surroundings.resource,
    })
    const incomplete = runFile(machine)
    return { weaknesses: findings.weaknesses(), incomplete }
  }
}
