// Kubernetes manifests, in YAML, JSON and Helm templates, as resources: each object by its kind,
// and each that runs containers also as a `PodSpec`, whatever it is wrapped in.
import type { SourceText } from '../../source-text.ts'
import type { Budget } from '../../weakness.ts'
import { entryAt, extended, itemsAt, mapAt, scalar, textAt, valueAt } from '../mapping.ts'
import { fileBytesMax, holds, type PlatformReader, type ReadResources } from '../reader.ts'
import type { Mapping, Resource, Value } from '../resource.ts'
import { type Range, readDocument, splitDocuments } from '../yaml/documents.ts'
import { type Covered, certain, coverTemplates } from '../yaml/templates.ts'
import { resourcesOf } from './object.ts'

/** `kinds` are those that checks look at; of others, only what runs containers is parsed. */
export function createKubernetesReader(kinds: ReadonlySet<string>): PlatformReader {
  return {
    wants: (path) => /\.(?:ya?ml|json|tpl)$/i.test(path),
    read(source, budget) {
      const read: ReadResources = { resources: [], problem: null }
      if (!holds(source, 'apiVersion') || !holds(source, 'kind')) return read
      if (source.bytes.length > fileBytesMax && source.path.endsWith('.json')) return read
      const covered = isChartTemplate(source.path) ? coverTemplates(source.text) : null
      for (const range of splitDocuments(source.text)) {
        const document = source.text.slice(range.start, range.end)
        if (!concerns(document, kinds)) continue
        readOne(source, range, covered, { budget, into: read })
      }
      return read
    },
  }
}

function isChartTemplate(path: string): boolean {
  return /(?:^|\/)templates\//.test(path)
}

const kindPattern = /^[ \t-]*["']?kind["']?[ \t]*:[ \t]*["']?([A-Za-z]{1,60})/gm
const inlineKindPattern = /"kind"\s{0,4}:\s{0,4}"([A-Za-z]{1,60})"/g

/** Decides before parsing: definitions of custom resources are large, and never of interest. */
function concerns(document: string, kinds: ReadonlySet<string>): boolean {
  if (!document.includes('apiVersion')) return false
  const isJson = /^\s*(?:\{(?!\{)|\[)/.test(document.slice(0, 200))
  let isObject = false
  for (const [, kind = ''] of document.matchAll(isJson ? inlineKindPattern : kindPattern)) {
    if (kind === 'CustomResourceDefinition') return false
    if (kinds.has(kind)) return true
    isObject = true
  }
  return isObject && document.includes('containers')
}

interface Reading {
  budget: Budget
  into: ReadResources
}

function readOne(
  source: SourceText,
  range: Range,
  covered: Covered | null,
  { budget, into }: Reading,
): void {
  let read = readDocument(source, covered?.text ?? source.text, range, budget)
  let templates = covered
  if (read.problem !== null && templates === null && source.text.includes('{{')) {
    templates = coverTemplates(source.text)
    read = readDocument(source, templates.text, range, budget)
  }
  if (read.problem !== null) {
    // A template whose text alone is no YAML is nobody's fault.
    if (templates === null) into.problem ??= read.problem
    return
  }
  if (read.value === null) return
  addObject(templates === null ? read.value : ofTemplate(read.value, templates), into, source)
}

/** Names in templates are not known, but they are not those of a system either. */
function ofTemplate(value: Value, covered: Covered): Value {
  const object = certain(value, covered, valueAt(value, 'kind')?.place.start ?? 0)
  const metadata = entryAt(object, 'metadata')
  const name = entryAt(metadata?.value, 'name')
  if (object.kind !== 'map' || metadata?.value.kind !== 'map') return object
  if (name?.value.kind !== 'unknown') return object
  const { source, start, end } = name.value.place
  const written = scalar(source.text.slice(start, end), name.value.place)
  const named = extended(metadata.value, { name: { ...name, value: written } })
  return extended(object, { metadata: { ...metadata, value: named } })
}

const objectsMax = 20_000

function addObject(value: Value, into: ReadResources, source: SourceText): void {
  const kind = textAt(value, 'kind')
  const apiVersion = valueAt(value, 'apiVersion')
  if (value.kind !== 'map') return
  if (kind?.endsWith('List') && itemsAt(value, 'items').length > 0) {
    for (const item of itemsAt(value, 'items')) addObject(item, into, source)
    return
  }
  if (kind === null || apiVersion === undefined || into.resources.length >= objectsMax) return
  const known = { address: addressOf(kind, value), place: value.place, scope: source.path }
  into.resources.push(...resourcesOf(kind, value, known))
}

function addressOf(kind: string, value: Mapping): Resource['address'] {
  const metadata = mapAt(value, 'metadata') ?? undefined
  const name = textAt(metadata, 'name') ?? textAt(metadata, 'generateName') ?? '*'
  const namespace = textAt(metadata, 'namespace')
  return namespace === null ? `${kind}/${name}` : `${kind}/${namespace}/${name}`
}
