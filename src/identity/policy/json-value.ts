// From JSON to Cedar's values, as entities and contexts bring them. Whatever has no exact meaning
// is refused with its place, never rounded or skipped.
import { extensionFunctions } from './extensions/functions.ts'
import { integer } from './integer.ts'
import type { CedarJson, EntityUid } from './json.ts'
import type { Value } from './value.ts'
import { EntityRef, RecordValue, SetValue } from './value.ts'

const depthMax = 64

/** A value that Cedar cannot hold; `path` says where it stands. */
export class InvalidValue extends Error {
  readonly path: string

  constructor(path: string, message: string) {
    super(`${path}: ${message}`)
    this.name = 'InvalidValue'
    this.path = path
  }
}

/** @throws InvalidValue */
export function readRecord(json: Readonly<Record<string, unknown>>, path: string): RecordValue {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new InvalidValue(path, 'must be an object')
  return new RecordValue(readFields(json, path, 0))
}

/** @throws InvalidValue */
export function readValue(json: unknown, path: string, depth = 0): Value {
  switch (typeof json) {
    case 'string':
    case 'boolean':
      return json
    case 'number':
      if (!Number.isSafeInteger(json))
        throw new InvalidValue(path, 'must be an integer within ±(2^53−1)')
      return json + 0
    case 'bigint':
      return readBigInt(json, path)
    case 'object':
      if (json !== null) return readComposite(json, path, depth)
  }
  throw new InvalidValue(path, `must not be ${json === null ? 'null' : typeof json}`)
}

function readBigInt(json: bigint, path: string): Value {
  const value = integer(json)
  if (value === undefined) throw new InvalidValue(path, 'must fit 64 bits')
  return value
}

function readComposite(json: object, path: string, depth: number): Value {
  if (depth >= depthMax) throw new InvalidValue(path, `must not nest deeper than ${depthMax}`)
  if (Array.isArray(json))
    return new SetValue(json.map((each, i) => readValue(each, `${path}[${i}]`, depth + 1)))
  const object: Readonly<Record<string, unknown>> = { ...json }
  for (const [marker, read] of markers) {
    if (!Object.hasOwn(object, marker)) continue
    if (Object.keys(object).length > 1)
      throw new InvalidValue(path, `${marker} must stand alone in its object`)
    return read(object[marker], path, depth + 1)
  }
  return new RecordValue(readFields(object, path, depth + 1))
}

const markers = new Map([
  ['__entity', readEntity],
  ['__extn', readExtension],
  ['__expr', refuseExpression],
])

function readFields(json: Readonly<Record<string, unknown>>, path: string, depth: number) {
  const fields = new Map<string, Value>()
  for (const name of Object.keys(json)) {
    const value = json[name]
    // The common case without building the text of a path.
    if (typeof value === 'string' || typeof value === 'boolean') fields.set(name, value)
    else fields.set(name, readValue(value, `${path}.${name}`, depth))
  }
  return fields
}

function readEntity(json: unknown, path: string): Value {
  if (!isUid(json)) throw new InvalidValue(path, '__entity must be {"type": text, "id": text}')
  return new EntityRef(json.type, json.id)
}

export function isUid(json: unknown): json is EntityUid {
  if (typeof json !== 'object' || json === null) return false
  return (
    'type' in json && typeof json.type === 'string' && 'id' in json && typeof json.id === 'string'
  )
}

function readExtension(json: unknown, path: string, depth: number): Value {
  const call = typeof json === 'object' && json !== null ? { ...json } : {}
  const { fn, arg, args }: { fn?: unknown; arg?: unknown; args?: unknown } = call
  const known = typeof fn === 'string' ? extensionFunctions.get(fn) : undefined
  if (known === undefined) throw new InvalidValue(path, '__extn must name an extension function')
  const given: unknown[] = Array.isArray(args) ? args : [arg]
  if (given.length !== known.arity)
    throw new InvalidValue(path, `${String(fn)} takes ${known.arity} argument(s)`)
  const [first = '', second = ''] = given.map((each) => readValue(each, path, depth))
  const value = known.call(first, second)
  if (value === undefined) throw new InvalidValue(path, `is no valid argument of ${String(fn)}`)
  return value
}

function refuseExpression(_: unknown, path: string): never {
  throw new InvalidValue(path, '__expr is not supported: write __entity or __extn')
}

/** Back to JSON, for those who are told what a policy saw. */
export function writeValue(value: Value): CedarJson {
  if (typeof value !== 'object') return value
  if (value instanceof EntityRef) return { __entity: { type: value.type, id: value.id } }
  if (value instanceof SetValue) return value.elements.map(writeValue)
  if (value instanceof RecordValue)
    return Object.fromEntries([...value.fields].map(([name, each]) => [name, writeValue(each)]))
  return { __extn: { ...value.written } }
}
