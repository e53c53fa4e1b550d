// Data sources that compute without asking anybody: policy documents.
import type { Entry, Mapping, Place, Value } from '../../resource.ts'
import { type Encoded, entryOf, isNull, list, map, scalar, unknown } from '../evaluate/value.ts'

/** The body with what the provider adds to it, where that can be told from the body alone. */
export function computedBy(type: string, body: Mapping): Mapping {
  if (type === 'google_iam_policy') return withPolicyData(body)
  if (type !== 'aws_iam_policy_document') return body
  const document = policyDocument(body)
  const entries = new Map(body.entries)
  entries.set('json', entryOf(document))
  entries.set('minified_json', entryOf(document))
  // For checks, which look at policies and at trust in resources under these names.
  entries.set('policy', entryOf(document))
  entries.set('assume_role_policy', entryOf(document))
  return { ...body, entries }
}

/** Its text holds the blocks under another name. */
function withPolicyData(body: Mapping): Mapping {
  const bindings = body.entries.get('binding') ?? entryOf(list([], body.place))
  const document: Encoded = { ...map([['bindings', bindings]], body.place), encoded: true }
  const entries = new Map(body.entries)
  entries.set('policy_data', entryOf(document))
  return { ...body, entries }
}

function policyDocument(body: Mapping): Value {
  const { place } = body
  const statements: Value[] = []
  for (const name of ['source_json', 'source_policy_documents']) addOthers(statements, body, name)
  for (const item of itemsIn(body, 'statement')) statements.push(statementOf(item))
  for (const name of ['override_json', 'override_policy_documents']) {
    addOthers(statements, body, name)
  }
  const document = map(
    [
      ['Version', entryOf(scalar('2012-10-17', place))],
      ['Statement', entryOf(list(statements, body.entries.get('statement')?.place ?? place))],
    ],
    place,
  )
  const encoded: Encoded = { ...document, encoded: true }
  return encoded
}

function itemsIn({ entries }: Mapping, name: string): readonly Value[] {
  const value = entries.get(name)?.value
  if (value === undefined || isNull(value)) return []
  return value.kind === 'list' ? value.items : [value]
}

/** Statements of other documents; what is unknown may be any. */
function addOthers(statements: Value[], body: Mapping, name: string): void {
  for (const document of itemsIn(body, name)) {
    const found = document.kind === 'map' ? document.entries.get('Statement')?.value : undefined
    if (found === undefined) statements.push(unknown(document.place, document))
    else if (found.kind === 'list') for (const item of found.items) statements.push(item)
    else statements.push(found)
  }
}

const sameNames: readonly [from: string, to: string][] = [
  ['sid', 'Sid'],
  ['actions', 'Action'],
  ['not_actions', 'NotAction'],
  ['resources', 'Resource'],
  ['not_resources', 'NotResource'],
]

function statementOf(statement: Value): Value {
  if (statement.kind !== 'map') return unknown(statement.place, statement)
  const { place, open } = statement
  const entries: [string, Entry][] = []
  const effect = statement.entries.get('effect')
  entries.push(['Effect', effect ?? entryOf(scalar('Allow', place))])
  for (const [from, to] of sameNames) {
    const entry = statement.entries.get(from)
    if (entry !== undefined) entries.push([to, entry])
  }
  for (const [from, to] of [
    ['principals', 'Principal'],
    ['not_principals', 'NotPrincipal'],
  ] as const) {
    const entry = statement.entries.get(from)
    if (entry !== undefined) entries.push([to, { value: principals(entry), place: entry.place }])
  }
  const conditions = itemsIn(statement, 'condition')
  if (conditions.length > 0) entries.push(['Condition', conditionEntry(conditions, place)])
  return map(entries, place, open)
}

/** `{ AWS: […] }` by type; the type `*` stands for everybody. */
function principals({ value, place }: Entry): Value {
  const items = value.kind === 'list' ? value.items : [value]
  const byType = new Map<string, Entry>()
  for (const item of items) {
    const entries = item.kind === 'map' ? item.entries : null
    const type = entries?.get('type')?.value
    const identifiers = entries?.get('identifiers')
    if (type?.kind !== 'scalar' || identifiers === undefined) return unknown(place, item)
    if (type.value === '*') return scalar('*', identifiers.place)
    const name = String(type.value)
    const before = byType.get(name)?.value
    const both = [...(before?.kind === 'list' ? before.items : [])]
    if (identifiers.value.kind === 'list') both.push(...identifiers.value.items)
    else both.push(identifiers.value)
    byType.set(name, { value: list(both, identifiers.place), place: identifiers.place })
  }
  return map(byType, place)
}

/** `{ test: { variable: values } }`. */
function conditionEntry(conditions: readonly Value[], place: Place): Entry {
  const tests = new Map<string, Map<string, Entry>>()
  let open = false
  for (const condition of conditions) {
    const entries = condition.kind === 'map' ? condition.entries : null
    const test = entries?.get('test')?.value
    const variable = entries?.get('variable')?.value
    const values = entries?.get('values')
    if (test?.kind !== 'scalar' || variable?.kind !== 'scalar' || values === undefined) {
      open = true
      continue
    }
    const variables = tests.get(String(test.value)) ?? new Map<string, Entry>()
    tests.set(String(test.value), variables.set(String(variable.value), values))
  }
  const [first] = conditions
  const at = first?.place ?? place
  const entries = Array.from(tests, ([test, variables]): [string, Entry] => {
    return [test, { value: map(variables, at), place: at }]
  })
  return { value: map(entries, at, open), place: at }
}
