// Cedar's text, piece by piece through Cedar's own parser, to JSON with places.
import { policyToJson, templateToJson } from '@cedar-policy/cedar-wasm/nodejs'
import type { PolicyJson } from './json.ts'
import type { PolicyError } from './place.ts'
import { Places } from './place.ts'
import type { Piece, TextBounds } from './text-bounds.ts'
import { findExcess, piecesOf, textBounds } from './text-bounds.ts'

export interface ParsedPolicy {
  readonly json: PolicyJson
  /** As it was written, without what stood around it. */
  readonly text: string
  /** It has slots, and decides only through links. */
  readonly template: boolean
}

/** A policy and its place in the text it came from. */
export interface PlacedPolicy extends ParsedPolicy {
  readonly piece: Piece
}

/**
 * Reads policies, in the order of the text. Where one cannot be read there are errors and no
 * policies at all: half of somebody's policies may be the half without the forbids. Never throws.
 */
export function parsePlaced(
  text: string,
  bounds: TextBounds = textBounds,
): { policies: PlacedPolicy[]; errors: PolicyError[] } {
  if (text.length > bounds.lengthMax)
    return refused(`the text is longer than ${bounds.lengthMax} characters`)
  const pieces = piecesOf(text)
  if (pieces.length > bounds.policiesMax)
    return refused(`there are ${pieces.length} policies; at most ${bounds.policiesMax} may stand`)
  const places = new Places(text)
  const policies: PlacedPolicy[] = []
  const errors: PolicyError[] = []
  for (const piece of pieces) {
    const excess = findExcess(text, piece.tokens, places)
    const parsed = excess.length > 0 ? excess : parseOne(text, piece, places)
    if (Array.isArray(parsed)) errors.push(...parsed)
    else policies.push(parsed)
    if (errors.length >= errorsMax) break
  }
  return errors.length > 0 ? { policies: [], errors } : { policies, errors }
}

const errorsMax = 100

function refused(message: string): { policies: []; errors: PolicyError[] } {
  return { policies: [], errors: [{ message }] }
}

function parseOne(text: string, piece: Piece, places: Places): PlacedPolicy | PolicyError[] {
  const own = text.slice(piece.start, piece.end)
  const template = piece.tokens.some(({ kind, start }) => kind === 'name' && text[start] === '?')
  const answer = guarded(() => (template ? templateToJson(own) : policyToJson(own)))
  if (answer.type === 'success')
    return { json: answer.json as PolicyJson, text: own, template, piece }
  return answer.errors.map((error) => placed(error, piece, places))
}

interface ForeignError {
  readonly message: string
  readonly help: string | null
  readonly sourceLocations?: readonly { start: number; end: number; label?: string | null }[]
}

/** An error of Cedar's parser, which counts from the beginning of its piece. */
export function placed(error: ForeignError, piece: Piece, places: Places): PolicyError {
  const [location] = error.sourceLocations ?? []
  const message = error.message.replace(/^failed to parse \w+ from string: /, '')
  const help = error.help ?? location?.label
  const start = location ? places.fromBytes(piece.start, location.start) : piece.start
  const end = location ? places.fromBytes(piece.start, location.end) : piece.end
  return places.error(message, start, end, help)
}

/** After this Cedar's code may answer nothing any more. */
export const unreadable = 'Cedar could not read this'

/** Should Cedar's code trap in spite of the bounds, that is an answer, too. */
export function guarded<T>(call: () => T): T | { type: 'failure'; errors: ForeignError[] } {
  try {
    return call()
  } catch {
    return { type: 'failure', errors: [{ message: unreadable, help: null }] }
  }
}
