// The frameworks and blueprints that come with the program, for commands that need no server.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Blueprint, readBlueprints } from '../certus/seal/blueprint.ts'
import { type Catalogue, readCatalogue } from '../certus/seal/controls/framework.ts'

const folder = new URL('../../frameworks/', import.meta.url)

export function catalogue(): Catalogue {
  return readCatalogue(textsIn(folder))
}

/** By id. */
export function blueprints(of: Catalogue): ReadonlyMap<string, Blueprint> {
  return readBlueprints(textsIn(new URL('blueprints/', folder)), of)
}

function textsIn(place: URL): Map<string, string> {
  const files = readdirSync(fileURLToPath(place)).filter((name) => name.endsWith('.yaml'))
  return new Map(files.map((file) => [file, readFileSync(new URL(file, place), 'utf8')]))
}
