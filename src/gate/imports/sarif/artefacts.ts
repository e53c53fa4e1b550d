// Where the files of a run are: results name them by URI or by their number in the run's list
// (SARIF 2.1.0, sections 3.4 and 3.14.14).
import type { Budget } from '../budget.ts'
import { indexOf, isObject, member, objectOf, textOf } from '../json/values.ts'
import { type PathContext, pathOf, type UriBase } from '../path.ts'

const basesMax = 50

export class Artefacts {
  private readonly budget: Budget
  private readonly locations: (ArtefactLocation | null)[] = []
  private context: PathContext = { bases: new Map(), repositoryName: null }

  constructor(budget: Budget) {
    this.budget = budget
  }

  add(artefact: unknown): void {
    const location = locationOf(member(artefact, 'location'))
    if (location !== null) this.budget.take(location.uri, location.uriBaseId)
    this.locations.push(location)
  }

  /** @param originalUriBaseIds of the run */
  setContext(originalUriBaseIds: unknown, repositoryName: string | null): void {
    const bases = new Map<string, UriBase>()
    for (const [id, base] of Object.entries(objectOf(originalUriBaseIds)).slice(0, basesMax)) {
      const [uri, uriBaseId] = ['uri', 'uriBaseId'].map((name) => textOf(member(base, name)))
      bases.set(id, { uri: uri ?? null, uriBaseId: uriBaseId ?? null })
    }
    this.context = { bases, repositoryName }
  }

  /** The path that an `artifactLocation` means; null where it means none. */
  path(artifactLocation: unknown): string | null {
    const index = indexOf(member(artifactLocation, 'index'))
    const location =
      locationOf(artifactLocation) ?? (index === null ? null : (this.locations[index] ?? null))
    return location === null ? null : pathOf(location.uri, location.uriBaseId, this.context)
  }
}

interface ArtefactLocation {
  uri: string
  uriBaseId: string | null
}

function locationOf(value: unknown): ArtefactLocation | null {
  if (!isObject(value)) return null
  const uri = textOf(value.uri)
  return uri === null ? null : { uri, uriBaseId: textOf(value.uriBaseId) }
}
