// A CycloneDX bill of materials in two passes: the first gathers its components, the second makes
// findings of its vulnerabilities.
import type { Finding } from '../../scanner/finding.ts'
import { Budget } from '../budget.ts'
import { DocumentError } from '../document-error.ts'
import type { ElementPath } from '../json/elements.ts'
import { placeOf } from '../json/paths.ts'
import { isObject, type JsonObject, listOf, member, objectOf, textOf } from '../json/values.ts'
import { toolNameCharsMax } from '../limits.ts'
import type { ElementHandler, MapperOptions, Reader } from '../reader.ts'
import { cleanLine } from '../text.ts'
import { type Component, componentFromReference, readComponent } from './component.ts'
import { closedState, findingOf, readVulnerability } from './vulnerability.ts'

const vulnerabilitiesPath = 'vulnerabilities.*'
const componentsPath = 'components.*'

const componentsMax = 500_000
const ignoredMax = 5_000_000
const ignoredPaths = [
  'annotations.*',
  'compositions.*',
  'dependencies.*',
  'formulation.*',
  'services.*',
]
const toolsMax = 3
const referenceCharsMax = 1_000

export function cycloneDxPaths(vulnerabilitiesMax: number): Record<string, ElementPath> {
  return {
    ...Object.fromEntries(ignoredPaths.map((path) => [path, { elementsMax: ignoredMax }])),
    [vulnerabilitiesPath]: { elementsMax: vulnerabilitiesMax },
    [componentsPath]: { elementsMax: componentsMax },
  }
}

/** `tools` is a list until CycloneDX 1.4, and an object with lists since. */
export function describeCycloneDx(document: JsonObject): { tool: string; category: null } {
  const tools = member(document.metadata, 'tools')
  const all = isObject(tools)
    ? [...listOf(tools.components), ...listOf(tools.services)]
    : listOf(tools)
  const names = all
    .map((tool) => cleanLine(textOf(member(tool, 'name')) ?? '', toolNameCharsMax))
    .filter((name) => name !== '')
  const tool = [...new Set(names)].slice(0, toolsMax).sort().join(' + ')
  return { tool: tool === '' ? 'CycloneDX' : tool, category: null }
}

export class CycloneDxReader implements Reader {
  readonly findingsPath = vulnerabilitiesPath
  /** A bill of materials is made in one go. */
  readonly isComplete = true
  private readonly findingsMax: number
  private readonly budget = new Budget()
  private readonly components = new Map<string, Component>()

  constructor(findingsMax: number) {
    this.findingsMax = findingsMax
  }

  firstPass(): Record<string, ElementHandler> {
    return { [componentsPath]: (component) => this.add(component) }
  }

  endFirstPass(document: JsonObject): void {
    this.add(member(document.metadata, 'component'))
  }

  ruleIds(): 'all' {
    return 'all'
  }

  mapper({ skip }: MapperOptions) {
    const seen = new Set<string>()
    return (value: unknown, indices: readonly number[]): Finding[] => {
      const place = placeOf(vulnerabilitiesPath, indices)
      const vulnerability = readVulnerability(value, place)
      const closed = closedState(objectOf(value))
      if (closed !== null) {
        skip(closed)
        return []
      }
      const findings: Finding[] = []
      for (const component of this.affected(objectOf(value))) {
        const finding = findingOf(vulnerability, component)
        const name = finding.fingerprints[0]?.value ?? ''
        if (seen.has(name)) {
          // The same package twice, in two versions or two places that the document does not tell.
          skip('duplicate')
          continue
        }
        seen.add(name)
        findings.push(finding)
        if (seen.size > this.findingsMax) {
          throw new DocumentError(
            `${place} is finding ${seen.size}; the most is ${this.findingsMax}`,
          )
        }
      }
      return findings
    }
  }

  /** Components may hold others. */
  private add(component: unknown): void {
    const reference = textOf(member(component, 'bom-ref'))
    const read = reference === null ? null : readComponent(component)
    if (reference !== null && read !== null && reference.length <= referenceCharsMax) {
      this.budget.take(reference, read.name, read.identity, read.path)
      this.components.set(reference, read)
    }
    for (const inner of listOf(member(component, 'components'))) this.add(inner)
  }

  /** Null stands for a vulnerability that names no component. */
  private affected(vulnerability: JsonObject): (Component | null)[] {
    const affects = listOf(vulnerability.affects)
    if (affects.length === 0) return [null]
    return affects.filter(isAffected).map((affected) => {
      const reference = (textOf(member(affected, 'ref')) ?? '').slice(0, referenceCharsMax)
      return reference === '' ? null : this.component(reference)
    })
  }

  private component(reference: string): Component {
    const known = this.components.get(reference)
    if (known !== undefined) return known
    // A BOM-Link names another document and, after #, the component in it.
    const local = reference.startsWith('urn:cdx:')
      ? reference.slice(reference.indexOf('#') + 1)
      : reference
    return this.components.get(local) ?? componentFromReference(decoded(local))
  }
}

/** Where versions are listed, at least one is affected or not known to be unaffected. */
function isAffected(affected: unknown): boolean {
  const versions = listOf(member(affected, 'versions'))
  return versions.length === 0 || versions.some((one) => member(one, 'status') !== 'unaffected')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
