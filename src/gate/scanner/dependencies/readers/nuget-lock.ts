// NuGet's packages.lock.json, which lists the packages of each target framework, and the older
// packages.config.
import { keyText, parseJson, walkJsonKeys } from '../formats/json.ts'
import { Unreadable } from '../formats/unreadable.ts'
import { entriesOf, field, keysOf, textOf } from '../formats/value.ts'
import { attributePlace, childrenOf, parseXml } from '../formats/xml.ts'
import type { Reader } from './reader.ts'

export const nugetLock: Reader = {
  ecosystem: 'NuGet',
  reads: (name) => /^packages\.(?:[\w.-]+\.)?lock\.json$/.test(name),
  read({ text }, packages) {
    const places = placesOf(text)
    for (const [framework, entries] of entriesOf(field(parseJson(text), 'dependencies'))) {
      for (const [name, entry] of entriesOf(entries)) {
        const type = textOf(field(entry, 'type'))
        const needs = keysOf(field(entry, 'dependencies')).map((needed) => idOf(framework, needed))
        if (type === 'Project') {
          // A project of the solution: what it needs came in through it, not directly.
          continue
        }
        const id = idOf(framework, name)
        const hash = textOf(field(entry, 'contentHash'))
        if (type === 'Direct') packages.require(id, { development: false })
        packages.add(id, {
          name,
          version: textOf(field(entry, 'resolved')),
          range: textOf(field(entry, 'requested')),
          ...(places.get(`${framework}/${name}`) ?? { start: 0, end: 0 }),
          dependsOn: needs,
          integrity: hash === null ? null : `sha512-${hash}`,
        })
      }
    }
  },
}

/** Names of packages differ by more than their case. */
const idOf = (framework: string, name: string) => `${framework}/${name.toLowerCase()}`

function placesOf(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  let framework = ''
  walkJsonKeys(text, (key) => {
    const name = keyText(text, key)
    if (key.depth === 1) return name === 'dependencies'
    if (key.depth === 2) framework = name
    else places.set(`${framework}/${name}`, { start: key.start, end: key.end })
    return key.depth === 2
  })
  return places
}

export const packagesConfig: Reader = {
  ecosystem: 'NuGet',
  reads: (name) => /^packages(?:\.[\w-]+)?\.config$/i.test(name),
  read({ text }, packages) {
    const { root, isWhole } = parseXml(text)
    for (const element of childrenOf(root, 'package')) {
      const name = element.attributes.get('id') ?? ''
      const version = element.attributes.get('version') ?? null
      packages.add(`${name.toLowerCase()}@${version}`, {
        name,
        version,
        ...attributePlace(text, element, 'id'),
        development: element.attributes.get('developmentDependency') === 'true',
      })
    }
    if (!isWhole) throw new Unreadable('not valid XML; read as far as possible')
  },
}
