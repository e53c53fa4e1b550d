// What a run says around its results. Filled while the document is read, since a tool may write its
// rules before or after them.
import type { ScanType } from '../../scanner/finding.ts'
import type { Budget } from '../budget.ts'
import { wrongType } from '../document-error.ts'
import { isObject, type JsonObject, listOf, member, objectOf, textOf } from '../json/values.ts'
import { toolNameCharsMax } from '../limits.ts'
import { cleanLine } from '../text.ts'
import { Artefacts } from './artefacts.ts'
import { Rules } from './rules.ts'
import { scanTypeOfTool } from './scan-type.ts'
import { FingerprintTrust } from './tool-fingerprints.ts'

export class Run {
  readonly rules: Rules
  readonly artefacts: Artefacts
  readonly trust = new FingerprintTrust()
  scanType: ScanType = 'sast'

  constructor(budget: Budget) {
    this.rules = new Rules(budget)
    this.artefacts = new Artefacts(budget)
  }

  /** @param run what is left of it without its lists */
  describe(run: JsonObject, repositoryName: string | null): void {
    this.scanType = scanTypeOfTool(textOf(member(driverOf(run), 'name')) ?? '')
    this.rules.nameExtensions(listOf(member(run.tool, 'extensions')))
    this.artefacts.setContext(run.originalUriBaseIds, repositoryName)
  }
}

/** Throws DocumentError. */
export function toolNameOf(run: unknown, place: string): string {
  if (!isObject(run)) throw wrongType(place, 'an object', run)
  const name = member(driverOf(run), 'name')
  const clean = typeof name === 'string' ? cleanLine(name, toolNameCharsMax) : ''
  if (clean === '') throw wrongType(`${place}.tool.driver.name`, 'text', name)
  return clean
}

/** `/language:python/` of CodeQL: several analyses by one tool beside each other. */
export function categoryOf(run: unknown): string | null {
  const id = textOf(member(member(run, 'automationDetails'), 'id'))
  if (id === null) return null
  // What follows the last slash names this one execution (section 3.17.3).
  const category = id.slice(0, Math.max(0, id.lastIndexOf('/')))
  return cleanLine(category, toolNameCharsMax) || null
}

/** A run without a list of results did not look for any (section 3.14.23). */
export function isComplete(run: JsonObject): boolean {
  if (!Array.isArray(run.results)) return false
  return listOf(run.invocations).every(
    (invocation) => member(invocation, 'executionSuccessful') !== false,
  )
}

function driverOf(run: JsonObject): JsonObject {
  return objectOf(member(run.tool, 'driver'))
}
