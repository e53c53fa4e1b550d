// The lock file of sbt-dependency-lock, build.sbt.lock.
import { keyText, parseJson, stringAt, walkJsonKeys } from '../formats/json.ts'
import { field, listOf, textOf, textsOf } from '../formats/value.ts'
import type { Reader } from './reader.ts'

export const sbtLock: Reader = {
  ecosystem: 'Maven',
  reads: (name) => name === 'build.sbt.lock',
  read({ text }, packages) {
    const places = placesOf(text)
    for (const entry of listOf(field(parseJson(text), 'dependencies'))) {
      const [group, artifact] = [textOf(field(entry, 'org')), textOf(field(entry, 'name'))]
      const version = textOf(field(entry, 'version'))
      if (group === null || artifact === null) continue
      const configurations = textsOf(field(entry, 'configurations'))
      packages.add(`${group}:${artifact}:${version}`, {
        name: `${group}:${artifact}`,
        version,
        ...(places.get(artifact) ?? { start: 0, end: 0 }),
        development: configurations.length > 0 && configurations.every((each) => each === 'test'),
      })
    }
  },
}

function placesOf(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  walkJsonKeys(text, (key) => {
    const field = keyText(text, key)
    if (key.depth === 1) return field === 'dependencies'
    const name = field === 'name' ? stringAt(text, key.value) : null
    const start = key.value + 1
    if (name !== null && !places.has(name)) places.set(name, { start, end: start + name.length })
    return false
  })
  return places
}
