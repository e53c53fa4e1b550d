// Pipenv's Pipfile.lock; what was asked for stands in the Pipfile beside.
import { keyText, parseJson, walkJsonKeys } from '../formats/json.ts'
import { entriesOf, field, fieldAt, textOf, textsOf } from '../formats/value.ts'
import { folderOf, joinPath } from '../paths.ts'
import { pipfileRequirements } from './python-project.ts'
import { isForDevelopment, pythonName, readSpecifier } from './python-requirement.ts'
import type { Reader } from './reader.ts'

export const pipfileLock: Reader = {
  ecosystem: 'PyPI',
  reads: (name) => name === 'Pipfile.lock',
  read({ path, text }, packages, unit) {
    const lock = parseJson(text)
    const manifest = unit.toml(joinPath(folderOf(path), 'Pipfile'))
    const asked = new Set(pipfileRequirements(manifest).map(({ name }) => name))
    const places = placesOf(text)
    for (const [section, entries] of entriesOf(lock)) {
      if (section === '_meta') continue
      for (const [key, entry] of entriesOf(entries)) {
        if (textOf(field(entry, 'path')) !== null) continue
        const id = `${section}/${key}`
        const name = pythonName(key)
        const { version } = readSpecifier(textOf(field(entry, 'version')) ?? '')
        const place = places.get(id) ?? { start: 0, end: 0 }
        const hashes = textsOf(field(entry, 'hashes'))
        const origin = textOf(field(entry, 'git')) ?? textOf(field(entry, 'file'))
        const commit = textOf(fieldAt(entry, 'ref'))
        packages.add(id, {
          name,
          version,
          ...place,
          direct: asked.size === 0 ? null : asked.has(name),
          development: isForDevelopment(section),
          integrity: hashes.length === 1 ? (hashes[0] ?? null) : null,
          origin: origin !== null && commit !== null ? `${origin}@${commit}` : origin,
        })
      }
    }
  },
}

function placesOf(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  let section = ''
  walkJsonKeys(text, (key) => {
    if (key.depth === 1) {
      section = keyText(text, key)
      return section !== '_meta'
    }
    places.set(`${section}/${keyText(text, key)}`, { start: key.start, end: key.end })
    return false
  })
  return places
}
