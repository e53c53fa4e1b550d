// Entities and contexts of Cedar's tests may leave out `__entity` and `__extn` where the schema
// tells them; here they are written out. A schema also knows the hierarchy of actions.
import { schemaToJsonWithResolvedTypes } from '@cedar-policy/cedar-wasm/nodejs'
import type { CedarJson, Entity, EntityUid } from '../../src/identity/policy/json.ts'

interface Type {
  type: string
  name?: string
  element?: Type
  attributes?: Record<string, Type>
}

interface Namespace {
  commonTypes?: Record<string, Type>
  entityTypes: Record<string, { shape?: Type; tags?: Type }>
  actions: Record<
    string,
    { appliesTo?: { context?: Type }; memberOf?: { id: string; type?: string }[] }
  >
}

const constructors = new Map([
  ['ipaddr', 'ip'],
  ['decimal', 'decimal'],
  ['datetime', 'datetime'],
  ['duration', 'duration'],
])

export class Schema {
  readonly #common = new Map<string, Type>()
  readonly #entities = new Map<string, { shape?: Type; tags?: Type }>()
  readonly #contexts = new Map<string, Type>()
  readonly actions: Entity[] = []

  constructor(text: string) {
    const answer = schemaToJsonWithResolvedTypes(text)
    if (answer.type === 'failure') throw new Error(answer.errors[0]?.message)
    for (const [name, space] of Object.entries(answer.json as Record<string, Namespace>)) {
      const prefix = name === '' ? '' : `${name}::`
      for (const [type, common] of Object.entries(space.commonTypes ?? {}))
        this.#common.set(prefix + type, common)
      for (const [type, entity] of Object.entries(space.entityTypes))
        this.#entities.set(prefix + type, entity)
      for (const [id, action] of Object.entries(space.actions)) {
        const uid = { type: `${prefix}Action`, id }
        const parents = (action.memberOf ?? []).map(({ id, type = uid.type }) => ({ type, id }))
        this.actions.push({ uid, attrs: {}, parents })
        const context = action.appliesTo?.context
        if (context !== undefined) this.#contexts.set(nameOf(uid), context)
      }
    }
  }

  context(action: EntityUid, context: Record<string, CedarJson>): Record<string, CedarJson> {
    return this.#record(context, this.#contexts.get(nameOf(action)))
  }

  entity({ uid, attrs, parents, tags }: Entity): Entity {
    const known = this.#entities.get(uid.type)
    return {
      uid,
      attrs: this.#record(attrs, known?.shape),
      parents,
      ...(tags && {
        tags: Object.fromEntries(
          Object.entries(tags).map(([name, value]) => [name, this.#write(value, known?.tags)]),
        ),
      }),
    }
  }

  #record(json: Readonly<Record<string, CedarJson>>, type: Type | undefined) {
    const resolved = this.#resolve(type)
    return Object.fromEntries(
      Object.entries(json).map(([name, value]) => [
        name,
        this.#write(value, resolved?.attributes?.[name]),
      ]),
    )
  }

  #write(json: CedarJson, wanted: Type | undefined): CedarJson {
    const type = this.#resolve(wanted)
    const extension = type && constructors.get(type.name ?? type.type)
    if (extension !== undefined && typeof json === 'string')
      return { __extn: { fn: extension, arg: json } }
    if (Array.isArray(json)) return json.map((each: CedarJson) => this.#write(each, type?.element))
    if (typeof json !== 'object' || Object.hasOwn(json, '__entity')) return json
    if (Object.hasOwn(json, '__extn')) return json
    const record = json as Record<string, CedarJson>
    if (type?.type === 'Entity') return { __entity: record }
    if (extension !== undefined) return { __extn: record }
    return this.#record(record, type)
  }

  #resolve(type: Type | undefined): Type | undefined {
    const name = type?.type === 'EntityOrCommon' ? type.name : type?.type
    const common = this.#common.get(name ?? '')
    return common === undefined ? type : this.#resolve(common)
  }
}

function nameOf({ type, id }: EntityUid): string {
  return JSON.stringify([type, id])
}
