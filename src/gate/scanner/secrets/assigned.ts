// Judges what is assigned to names: by a provider's shape where one is near, else by whether it
// reads like a password or a token.
import { type Assignment, nameAfter, readAssignment } from './assignment.ts'
import type { AssignmentRule } from './compile.ts'
import { isKeyBytes, isPassword, isToken } from './judge.ts'
import { classifyName, type NameKind, namesNoOwner } from './name.ts'
import { isGenuine } from './placeholder.ts'
import { demote, record, type Search } from './search.ts'
import type { Sifted } from './sieve.ts'

/**
 * `reduced` leaves out the rules without a known shape. False when the time ran out.
 * Lock files assign nothing but digests.
 */
export function findInAssignments(search: Search, sifted: Sifted, reduced: boolean): boolean {
  const { nearby, offsets } = sifted
  const names = offsets.name
  const { traits, text, rules } = search
  if (traits.places.has('lock')) return true
  const general = reduced || traits.places.has('asset') ? [] : rules.generic
  const shapes = [...rules.shapes, ...nearby.keys()]
  let after = 0
  for (let at = 0; at < names.length; at += 2) {
    const from = names[at] as number
    if (from < after) continue
    if (at % expiryStride === 0 && search.expired()) return false
    const to = names[at + 1] as number
    after = nameAfter(text, to)
    const assignment = readAssignment(text, from, to, traits.syntax)
    if (assignment === null || assignment.value.length < valueCharsMin) continue
    if (search.settled.has(assignment.start)) continue
    if (matchShape(search, shapes, sifted, assignment)) continue
    matchGeneral(search, general, assignment)
  }
  return true
}

const valueCharsMin = 6
const expiryStride = 128
/**
 * A provider's name this far before a name without an owner still counts: it is that of a section
 * or an object.
 */
const nearbyBytes = 240

function matchShape(
  search: Search,
  shapes: readonly AssignmentRule[],
  { nearby }: Sifted,
  assignment: Assignment,
): boolean {
  return shapes.some(
    (shape) =>
      shape.value?.test(assignment.value) === true &&
      shape.name?.test(assignment.name) !== false &&
      isNear(shape, nearby.get(shape), assignment) &&
      isGenuine(assignment.value, search.strict) &&
      record(search, shape, assignment),
  )
}

function isNear(
  { rule }: AssignmentRule,
  offsets: readonly number[] | undefined,
  { name, nameStart, end }: Assignment,
): boolean {
  if (rule.keywords.length === 0) return true
  if (offsets === undefined) return false
  const from = namesNoOwner(name) ? nameStart - nearbyBytes : nameStart
  const offset = offsets[lowerBound(offsets, from)]
  return offset !== undefined && offset < end
}

/** Index of the first number in `ascending` that is at least `bound`. */
function lowerBound(ascending: readonly number[], bound: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] as number) < bound) low = middle + 1
    else high = middle
  }
  return low
}

function matchGeneral(
  search: Search,
  general: readonly AssignmentRule[],
  assignment: Assignment,
): void {
  if (general.length === 0) return
  const kind = classifyName(assignment.name)
  if (kind === 'other' || !isSecret(search, kind, assignment)) return
  const inCode = search.traits.syntax === 'code' && /[a-z]/.test(assignment.name)
  if (kind === 'key' && inCode && !isKeyBytes(assignment.value)) return
  const style = kind === 'password' ? 'password' : 'token'
  for (const rule of general) {
    if (rule.style !== style || rule.name?.test(assignment.name) === false) continue
    const match = record(search, rule, assignment)
    if (match === null) continue
    if (search.strict) demote(match)
    return
  }
}

function isSecret(search: Search, kind: NameKind, { value }: Assignment): boolean {
  const { strict, traits } = search
  if (kind !== 'password') return isToken(value, strict || kind === 'key')
  if (traits.places.has('locale')) return false
  return strict ? isToken(value, true) : isPassword(value)
}
