// Links: policies that fill the slots of a template. What a link became is kept with it, so that
// nobody who decides needs to know of templates; a change of the template makes its links anew.
import type { Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { errors } from '../errors.ts'
import type { EntityUid, PolicyJson, ScopeJson, Slot } from '../policy/json.ts'
import { principalUid, readResource, resourceUid } from '../policy/names.ts'
import { entity } from '../policy/rules/cedar-text.ts'
import { tokensOf } from '../policy/tokens.ts'
import { readPrincipal } from '../principals/entities.ts'
import type { WrittenSlots } from './schema.ts'
import type { Content, KeptSlots } from './store.ts'
import * as store from './store.ts'

/** Of one template: all of them are made anew with it. */
const linksMax = 1_000

const slotNames = ['principal', 'resource'] as const

/** The content of a link as its template now is. Throws 400 and 409. */
export async function linkOf(
  tx: Tx,
  organizationId: string,
  { template: id, slots: written }: { template: string; slots: WrittenSlots },
): Promise<Content> {
  const row = await store.find(tx, organizationId, id)
  const template = row && (await store.findVersion(tx, { organizationId, ...row }))
  if (template === null) throw invalidField('template', `${id} is no policy of this organization`)
  if (row?.status !== 'active') throw invalidField('template', `${id} is not active`)
  const wanted = slotsOf(template)
  if (wanted.length === 0) throw errors.problem('not_a_template', { details: { policy: id } })
  const slots: { -readonly [Name in keyof KeptSlots]: KeptSlots[Name] } = {}
  for (const name of slotNames) {
    const text = written[name]
    if ((text !== undefined) !== wanted.includes(name)) throw wrongSlot(name, text === undefined)
    if (text === undefined) continue
    const named =
      name === 'principal' ? await principalOf(tx, organizationId, text) : resourceOf(text)
    slots[name] = { written: text, entity: named }
  }
  return filled(template, { template: id, slots })
}

function wrongSlot(name: string, isMissing: boolean) {
  const message = isMissing ? 'is required: the template has this slot' : 'is no slot of it'
  return invalidField(`slots.${name}`, message)
}

/** Before one more is made. Throws 409. */
export async function requireRoomForLink(tx: Tx, organizationId: string, template: string) {
  const links = await store.linksOf(tx, organizationId, template)
  if (links.length < linksMax) return
  throw errors.problem('too_many_policies', { details: { links_max: linksMax } })
}

/** Throws 409 where others fill slots of a policy that the new content of it no longer has. */
export function requireSlots(
  links: readonly { id: string; slots: KeptSlots | null }[],
  content: Content,
): void {
  const wanted = slotsOf(content).join()
  const lost = links.filter(({ slots }) => Object.keys(slots ?? {}).join() !== wanted)
  if (lost.length > 0) throw hasLinks(lost)
}

export function hasLinks(links: readonly { id: string }[]) {
  const details = { links: links.length, policies: links.slice(0, shownMax).map(({ id }) => id) }
  return errors.problem('policy_has_links', { details })
}

const shownMax = 20

/** The slots that a content has: two at most, in this order. */
export function slotsOf({ compiled }: Pick<Content, 'compiled'>): (keyof KeptSlots)[] {
  const [json] = compiled
  if (json === undefined) return []
  return slotNames.filter((name) => slotIn(json[name]) !== undefined)
}

function slotIn({ slot, in: within }: ScopeJson): string | undefined {
  return slot ?? within?.slot
}

/** What a template becomes in a link. */
export function filled(template: Content, link: { template: string; slots: KeptSlots }): Content {
  const fill = (json: PolicyJson): PolicyJson => ({
    ...json,
    principal: filledScope(json.principal, link.slots.principal?.entity),
    resource: filledScope(json.resource, link.slots.resource?.entity),
  })
  return {
    rules: null,
    cedar: filledText(template.cedar, link.slots),
    compiled: template.compiled.map(fill),
    needs: template.needs,
    ...link,
  }
}

function filledScope(scope: ScopeJson, uid: EntityUid | undefined): ScopeJson {
  if (uid === undefined || slotIn(scope) === undefined) return scope
  if (scope.in !== undefined) return { ...scope, in: { entity: uid } }
  const { slot: _, ...rest } = scope
  return { ...rest, entity: uid }
}

function filledText(cedar: string, slots: KeptSlots): string {
  const texts: Partial<Record<Slot, EntityUid | undefined>> = {
    '?principal': slots.principal?.entity,
    '?resource': slots.resource?.entity,
  }
  let text = ''
  let at = 0
  for (const { start, end } of tokensOf(cedar)) {
    const uid = texts[cedar.slice(start, end) as Slot]
    text += cedar.slice(at, start) + (uid === undefined ? cedar.slice(start, end) : named(uid))
    at = end
  }
  return text + cedar.slice(at)
}

function named({ type, id }: EntityUid): string {
  return entity(type, id)
}

/** Throws 400. */
async function principalOf(tx: Tx, organizationId: string, text: string): Promise<EntityUid> {
  const colons = text.indexOf('::')
  if (colons < 0) {
    const found = await readPrincipal(tx, organizationId, text)
    if (found !== null) return principalUid(found.type, found.id)
    throw invalidField('slots.principal', 'is neither the id of a principal nor Type::id')
  }
  const type = text.slice(0, colons)
  const id = /^"(.*)"$/s.exec(text.slice(colons + 2))?.[1] ?? text.slice(colons + 2)
  if (id !== '' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(type)) return { type, id }
  throw invalidField('slots.principal', 'must be the id of a principal, or Type::id')
}

function resourceOf(text: string): EntityUid {
  const name = readResource(text)
  if (name === null) throw invalidField('slots.resource', 'must be type:id')
  return resourceUid(name.type, name.id)
}
