// Panthera's own document, as `panthera scan --send` writes it: what a scanner elsewhere found, and
// what it looked at, so that the server may take it for a scan of its own. The source stays there.
import { z } from 'zod'
import type { Package } from '../../scanner/dependencies/package.ts'
import { type Finding, scanTypes } from '../../scanner/finding.ts'
import type { Suppressed } from '../../scanner/suppressed.ts'
import { DocumentError } from '../document-error.ts'
import type { ElementPath } from '../json/elements.ts'
import { placeOf } from '../json/paths.ts'
import { isObject, type JsonObject, member, textOf } from '../json/values.ts'
import { ruleIdCharsMax } from '../limits.ts'
import type { ElementHandler, MapperOptions, Reader, Scope } from '../reader.ts'
import { readOwnCoverage } from './coverage.ts'
import { readOwnFinding, readOwnSetAside } from './finding.ts'
import { readOwnPackage } from './package.ts'
import { Path } from './text.ts'

const findingsPath = 'findings.*'
const suppressedPath = 'suppressed.*'
const rulesPath = 'rules.*'
const packagesPath = 'packages.*'
const rulesMax = 100_000
const packagesMax = 500_000

/** What was looked at, apart from the rules. */
const Sent = z.object({
  /** The engines that ran. */
  engines: z.array(z.enum(scanTypes)).max(scanTypes.length),
  /** Whether the history was read too. */
  history: z.boolean(),
  /** A part of the repository, or files that differ from the commit: nothing is proved by them. */
  partial: z.boolean(),
  /** But of this folder all that the commit has there. */
  within: Path.regex(/\/$/, 'must end with a slash').optional(),
  /** Date of the newest advisory that dependencies were matched with. */
  advisories: z.iso.date().nullable(),
})

export const ownSchemaVersion = 1

export function isOwn(document: JsonObject): boolean {
  const { tool, schemaVersion } = document
  return textOf(member(tool, 'name')) === 'Panthera' && typeof schemaVersion === 'number'
}

export function ownPaths(resultsMax: number): Record<string, ElementPath> {
  return {
    [findingsPath]: { elementsMax: resultsMax },
    [suppressedPath]: { elementsMax: resultsMax },
    [rulesPath]: { elementsMax: rulesMax },
    [packagesPath]: { elementsMax: packagesMax },
  }
}

/** A report that was not written to be sent lacks what would let it stand for a scan. */
export function describeOwn(document: JsonObject): { tool: string; category: null } {
  if (document.schemaVersion !== ownSchemaVersion) {
    throw new DocumentError(
      `schemaVersion is ${String(document.schemaVersion)}; accepted is ${ownSchemaVersion}`,
    )
  }
  readSent(document)
  return { tool: 'panthera', category: null }
}

export class OwnReader implements Reader {
  readonly findingsPath = findingsPath
  readonly packages: Package[] = []
  #complete = false
  #rules: string[] = []
  #scope: Scope = { history: false, scanTypes: [], advisories: null, within: null }
  #coverage: JsonObject = {}

  firstPass(): Record<string, ElementHandler> {
    return {
      [rulesPath]: (rule, indices) => {
        const id = textOf(member(rule, 'id'))
        if (id === null || id.length > ruleIdCharsMax) {
          throw new DocumentError(`${placeOf(rulesPath, indices)}.id must be the id of a rule`)
        }
        this.#rules.push(id)
      },
      [packagesPath]: (one, indices) => {
        this.packages.push(readOwnPackage(one, placeOf(packagesPath, indices)))
      },
    }
  }

  endFirstPass(document: JsonObject): void {
    const { engines, history, partial, within = null, advisories } = readSent(document)
    const whole = member(document.coverage, 'complete') === true
    this.#complete = whole && (!partial || within !== null)
    this.#scope = { history, scanTypes: engines, advisories, within: partial ? within : null }
    this.#coverage = readOwnCoverage(document.coverage) ?? {}
  }

  get isComplete(): boolean {
    return this.#complete
  }

  /** What was looked at, in numbers. */
  get coverage(): JsonObject {
    return this.#coverage
  }

  get scope(): Scope {
    return this.#scope
  }

  ruleIds(): string[] {
    return this.#rules
  }

  mapper({ fingerprintKey }: MapperOptions) {
    return (value: unknown, indices: readonly number[]): Finding[] => {
      return [readOwnFinding(value, placeOf(findingsPath, indices), fingerprintKey)]
    }
  }

  readonly setAside = {
    path: suppressedPath,
    mapper:
      ({ fingerprintKey }: MapperOptions) =>
      (value: unknown, indices: readonly number[]): Suppressed[] => {
        return [readOwnSetAside(value, placeOf(suppressedPath, indices), fingerprintKey)]
      },
  }
}

function readSent(document: JsonObject): z.infer<typeof Sent> {
  if (!isObject(document.scan)) {
    throw new DocumentError(
      'The document is a report of Panthera; send the scan itself with panthera scan --send',
    )
  }
  const parsed = Sent.safeParse(document.scan)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new DocumentError(`${['scan', ...(issue?.path ?? [])].join('.')}: ${issue?.message}`)
}
