// Templates of CloudFormation, in YAML and JSON, those of the serverless model included, as
// resources in the form of Terraform's: what is wrong with a bucket depends on no tool.
import type { SourceText } from '../../source-text.ts'
import type { Budget } from '../../weakness.ts'
import { mapAt, textAt, valueAt } from '../mapping.ts'
import { fileBytesMax, holds, type PlatformReader, type ReadResources } from '../reader.ts'
import type { Mapping, Place, Resource, Value } from '../resource.ts'
import { readDocument } from '../yaml/documents.ts'
import { casesOf } from './cases.ts'
import { resourcesOf } from './resources.ts'
import { Work } from './work.ts'

export const cloudFormationReader: PlatformReader = {
  wants: (path) => /\.(?:ya?ml|json|template)$/i.test(path),
  read(source, budget) {
    const isTemplate = holds(source, 'AWS::') && holds(source, 'Resources')
    if (!isTemplate || source.bytes.length > fileBytesMax) return { resources: [], problem: null }
    return readTemplate(source, budget)
  },
}

const resourcesMax = 4000

function readTemplate(source: SourceText, budget: Budget): ReadResources {
  const { text } = source
  const start = /^(?:\ufeff|\s|#[^\n]*\n){0,500}---\s/.exec(text)?.[0].length ?? 0
  const range = { start, end: text.length }
  const { value, problem } = readDocument(source, text, range, budget, { keepsFunctions: true })
  const declared = mapAt(value ?? undefined, 'Resources')
  if (value?.kind !== 'map' || declared === null) {
    return { resources: [], problem: isOurs.test(text) ? problem : null }
  }
  const work = new Work(budget)
  const resources: Resource[] = []
  let read = 0
  for (const [key, { value: resource, place }] of declared.entries) {
    const type = textAt(resource, 'Type')
    if (type === null || !/^AWS::\w{1,60}::\w{1,100}$/.test(type)) continue
    const properties = valueAt(resource, 'Properties') ?? nothingAt(resource.place)
    const condition = textAt(resource, 'Condition')
    for (const each of casesOf(properties, condition, value, work)) {
      const known = { place, scope: source.path }
      resources.push(...resourcesOf(key, type, propertiesOf(each, resource), known, work))
    }
    read++
    if (resources.length >= resourcesMax || work.isSpent || budget.expired()) {
      return { resources, problem: `only ${read} resources of the template were read whole` }
    }
  }
  return { resources, problem: null }
}

/** What is no YAML is told only where it is meant to be a template. */
const isOurs = /^["'{\s]{0,20}AWSTemplateFormatVersion/m

function nothingAt(place: Place): Mapping {
  return { kind: 'map', entries: new Map(), place, open: false }
}

function propertiesOf(resolved: Value | undefined, { place }: Value): Mapping {
  if (resolved?.kind === 'map') return resolved
  return { ...nothingAt(place), open: resolved?.kind === 'unknown' }
}
