// The frameworks and blueprints that come with the program, read once.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Blueprint, readBlueprints } from '../seal/blueprint.ts'
import { type Catalogue, readCatalogue } from '../seal/controls/framework.ts'

const folder = new URL('../../../frameworks/', import.meta.url)
const blueprintFolder = new URL('blueprints/', folder)

let known: Catalogue | null = null
let knownBlueprints: ReadonlyMap<string, Blueprint> | null = null

export function frameworkCatalogue(): Catalogue {
  known ??= readCatalogue(textsIn(folder))
  return known
}

/** By id. */
export function blueprintCatalogue(): ReadonlyMap<string, Blueprint> {
  knownBlueprints ??= readBlueprints(textsIn(blueprintFolder), frameworkCatalogue())
  return knownBlueprints
}

function textsIn(place: URL): Map<string, string> {
  const files = readdirSync(fileURLToPath(place)).filter((name) => name.endsWith('.yaml'))
  return new Map(files.map((file) => [file, readFileSync(new URL(file, place), 'utf8')]))
}
