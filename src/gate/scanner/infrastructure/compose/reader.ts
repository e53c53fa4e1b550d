// Compose files as resources: one `service` each, in the form of service.ts.
import { mapAt } from '../mapping.ts'
import { holds, type PlatformReader } from '../reader.ts'
import type { Resource } from '../resource.ts'
import { readDocument, splitDocuments } from '../yaml/documents.ts'
import { interpolated } from './interpolate.ts'
import { serviceView } from './service.ts'

const servicesMax = 2000

export const composeReader: PlatformReader = {
  wants: (path) => names.test(path.slice(path.lastIndexOf('/') + 1)),
  read(source, budget) {
    const resources: Resource[] = []
    if (!holds(source, 'services')) return { resources, problem: null }
    let problem: string | null = null
    for (const range of splitDocuments(source.text)) {
      const read = readDocument(source, source.text, range, budget)
      // Templates of other programs go by the same names.
      if (read.problem !== null && !source.text.includes('{{')) problem ??= read.problem
      const services = mapAt(read.value ?? undefined, 'services')
      for (const [name, { value, place }] of services?.entries ?? []) {
        const known = interpolated(value)
        if (known.kind !== 'map' || resources.length >= servicesMax) continue
        resources.push({
          platform: 'compose',
          type: 'service',
          address: `service/${name}`,
          body: serviceView(known),
          place,
          scope: source.path,
        })
      }
    }
    return { resources, problem }
  },
}

const names = new RegExp(
  [
    /^(?:[\w.-]{1,60}[._-])?(?:compose|docker-stack)(?:[._-][\w.-]{1,60})?\.ya?ml$/,
    /^[\w-]{1,60}\.compose\.ya?ml$/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
)
