// Judges what is assigned to names: by a provider's shape where one is near, else by whether it
// reads like a password or a token.
import { type Assignment, nameAfter, readAssignment } from './assignment.ts'
import type { AssignmentRule } from './compile.ts'
import { isKeyBytes, isPassword, isPlainPassword, isRandomUuid, isToken } from './judge.ts'
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
  if (kind === 'other') return
  if (!isSecret(search, kind, assignment)) {
    if (kind === 'password') matchGuessable(search, general, assignment)
    return
  }
  const inCode = search.traits.syntax === 'code' && /[a-z]/.test(assignment.name)
  if (kind === 'key' && inCode && !isKeyBytes(assignment.value)) return
  if (kind === 'token' && isSearchKey(search.text, assignment)) return
  const style = kind === 'password' ? 'password' : 'token'
  for (const rule of general) {
    if (rule.style !== style || rule.name?.test(assignment.name) === false) continue
    const match = record(search, rule, assignment)
    if (match === null) continue
    if (search.strict) demote(match)
    return
  }
}

/**
 * A plain word is a password where nothing else can stand: in files of credentials, and, for what
 * it is worth, in variables of the environment.
 */
function matchGuessable(
  search: Search,
  general: readonly AssignmentRule[],
  assignment: Assignment,
): void {
  const { places, syntax } = search.traits
  const kept = places.has('credentials')
  const isVariable = syntax === 'config' && environmentName.test(assignment.name)
  if (search.strict || places.has('locale') || !(kept || isVariable)) return
  if (!isPlainPassword(assignment.value, kept)) return
  for (const rule of general) {
    if (rule.style !== 'guessable') continue
    const match = record(search, rule, assignment)
    if (match !== null && !kept) match.severity = 'low'
  }
}

const environmentName = /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/

function isSecret(search: Search, kind: NameKind, { name, value }: Assignment): boolean {
  const { strict, traits } = search
  if (kind !== 'password') {
    if (isToken(value, strict || kind === 'key')) return true
    return !strict && keyName.test(name) && isRandomUuid(value)
  }
  if (traits.places.has('locale')) return false
  return strict ? isToken(value, true) : isPassword(value)
}

/** The key with which a site's visitors search, as DocSearch has it: made to be read by all. */
function isSearchKey(text: string, { name, value, start }: Assignment): boolean {
  if (!/^(?:search)?api_?key$|search/i.test(name) || !/^[0-9a-f]{32}$/.test(value)) return false
  return /indexName|index_name|docsearch/i.test(text.slice(Math.max(0, start - 300), start + 300))
}

/** What is a key for sure, and not the name or the number of a session. */
const keyName = /(?:api|access|secret|auth|private)[_-]?key$|client[_-]?secret$/i
