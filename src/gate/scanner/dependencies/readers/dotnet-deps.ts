// .NET's <application>.deps.json, which a build leaves beside the assemblies: what they load.
import { keyText, parseJson, walkJsonKeys } from '../formats/json.ts'
import { entriesOf, field, textOf } from '../formats/value.ts'
import type { Reader } from './reader.ts'

export const dotnetDeps: Reader = {
  ecosystem: 'NuGet',
  reads: (name) => name.endsWith('.deps.json'),
  links: ({ text }) => (text.includes('"libraries"') ? [] : null),
  read({ text }, packages) {
    const places = placesOf(text)
    for (const [key, library] of entriesOf(field(parseJson(text), 'libraries'))) {
      const [, name, version] = /^([^/]+)\/([^/]+)$/.exec(key) ?? []
      if (name === undefined || version === undefined) continue
      // Projects of the solution are no packages.
      if (textOf(field(library, 'type')) !== 'package') continue
      const integrity = textOf(field(library, 'sha512'))
      packages.add(key, {
        name,
        version,
        ...(places.get(key) ?? { start: 0, end: 0 }),
        integrity: integrity?.startsWith('sha512-') ? integrity : null,
      })
    }
  },
}

function placesOf(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  walkJsonKeys(text, (key) => {
    const name = keyText(text, key)
    if (key.depth === 1) return name === 'libraries'
    places.set(name, { start: key.start, end: key.end })
    return false
  })
  return places
}
