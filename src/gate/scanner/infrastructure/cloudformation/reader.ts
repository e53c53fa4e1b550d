// Templates of CloudFormation, in YAML and JSON, those of the serverless model included, as
// resources in the form of Terraform's: what is wrong with a bucket depends on no tool.
import type { SourceText } from '../../source-text.ts'
import type { Budget } from '../../weakness.ts'
import { mapAt, textAt, valueAt } from '../mapping.ts'
import { fileBytesMax, holds, type PlatformReader, type ReadResources } from '../reader.ts'
import type { Mapping, Resource } from '../resource.ts'
import { readDocument } from '../yaml/documents.ts'
import { Template } from './intrinsics.ts'
import { resourcesOf } from './resources.ts'

export const cloudFormationReader: PlatformReader = {
  wants: (path) => /\.(?:ya?ml|json|template)$/i.test(path),
  read(source, budget) {
    const isTemplate = holds(source, 'AWS::') && holds(source, 'Resources')
    if (!isTemplate || source.bytes.length > fileBytesMax) return { resources: [], problem: null }
    return readTemplate(source, budget)
  },
}

const resourcesMax = 2000

function readTemplate(source: SourceText, budget: Budget): ReadResources {
  const { text } = source
  const start = /^(?:\ufeff|\s|#[^\n]*\n){0,500}---\s/.exec(text)?.[0].length ?? 0
  const range = { start, end: text.length }
  const { value, problem } = readDocument(source, text, range, budget, { keepsFunctions: true })
  const declared = mapAt(value ?? undefined, 'Resources')
  if (value?.kind !== 'map' || declared === null) {
    return { resources: [], problem: isOurs.test(text) ? problem : null }
  }
  const template = new Template(value)
  const resources: Resource[] = []
  for (const [key, { value: resource, place }] of declared.entries) {
    const type = textAt(resource, 'Type')
    if (type === null || !/^AWS::\w{1,60}::\w{1,100}$/.test(type)) continue
    const condition = textAt(resource, 'Condition')
    if (condition !== null && template.holds(condition) === false) continue
    if (resources.length >= resourcesMax || budget.expired()) {
      return { resources, problem: `only ${resources.length} resources of the template were read` }
    }
    const properties = propertiesOf(resource as Mapping, template)
    resources.push(...resourcesOf(key, type, properties, { place, scope: source.path }))
  }
  return { resources, problem: null }
}

/** What is no YAML is told only where it is meant to be a template. */
const isOurs = /^["'{\s]{0,20}AWSTemplateFormatVersion/m

function propertiesOf(resource: Mapping, template: Template): Mapping {
  const properties = valueAt(resource, 'Properties')
  const resolved = properties === undefined ? undefined : template.resolve(properties)
  if (resolved?.kind === 'map') return resolved
  const open = resolved?.kind === 'unknown'
  return { kind: 'map', entries: new Map(), place: resource.place, open }
}
