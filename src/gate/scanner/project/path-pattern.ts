// Patterns of paths in the syntax of `.gitignore`, matched in time that is bounded by their length
// times the path's, because a repository's author chooses both.

export interface PathMatcher {
  /** Whether the path, or a folder above it, is meant; folders end with `/`. */
  matches(path: string): boolean
}

/**
 * As in git the last pattern that fits decides, `!` takes back, and what is none is left out, as is
 * one with a `patternProblem`. Paths are best asked in their order: what was found for a folder is
 * kept for the next path.
 */
export function pathMatcher(patterns: readonly string[]): PathMatcher {
  const read = patterns.slice(0, patternsMax).flatMap(readPattern)
  const decide = (states: readonly (readonly number[])[], isFolder: boolean) => {
    const found = read.findLast(({ foldersOnly, segments }, index) => {
      return (isFolder || !foldersOnly) && states[index]?.includes(segments.length)
    })
    return found !== undefined && !found.negated
  }
  const after = ({ states }: Level, name: string) =>
    read.map(({ segments }, index) => step(segments, states[index] ?? [], name))
  const below = (level: Level, name: string): Level => {
    if (level.meant) return { name, states: [], meant: true }
    const states = after(level, name)
    return { name, states, meant: decide(states, true) }
  }
  const top = { name: '', states: read.map(({ segments }) => reach(segments, [0])), meant: false }
  let levels: Level[] = []
  return {
    matches(path) {
      const names = path.split('/').filter((name) => name !== '')
      const file = path.endsWith('/') ? undefined : names.pop()
      const same = names.findIndex((name, index) => levels[index]?.name !== name)
      levels = levels.slice(0, same === -1 ? names.length : same)
      for (const name of names.slice(levels.length)) levels.push(below(levels.at(-1) ?? top, name))
      const folder = levels.at(-1) ?? top
      return folder.meant || (file !== undefined && decide(after(folder, file), false))
    },
  }
}

/** A folder above the path that was asked last. */
interface Level {
  name: string
  /** Of each pattern, which of its segments may come next. */
  states: readonly (readonly number[])[]
  meant: boolean
}

/** The pattern that means one path and what is below it, such as `/pages/\[id\].tsx`. */
export function literalPattern(path: string): string {
  return `/${path.replace(/[[\]*?\\!]/g, '\\$&')}`
}

/** Why a pattern is not taken, though it is one; null where it is. */
export function patternProblem(text: string): string | null {
  if (text.length > patternCharsMax) return `has over ${patternCharsMax} characters`
  const deep = segmentsOf(text).filter((name) => name === '**').length
  return deep > deepMax ? `has "**" over ${deepMax} times` : null
}

/** The parts between slashes; `**` after `**` says nothing new. */
function segmentsOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '')
  return names.filter((name, index) => name !== '**' || names[index - 1] !== '**')
}

interface Pattern {
  negated: boolean
  foldersOnly: boolean
  segments: readonly Segment[]
}

type Segment = '**' | readonly Token[]
type Token = '*' | '?' | { literal: string } | { oneOf: ReadonlySet<string>; negated: boolean }

export const patternsMax = 500
const patternCharsMax = 512
const deepMax = 8

function readPattern(text: string): Pattern[] {
  const negated = text.startsWith('!')
  const body = (negated ? text.slice(1) : text).trimEnd()
  if (body === '' || body.startsWith('#') || patternProblem(body) !== null) return []
  const foldersOnly = body.endsWith('/')
  const path = body.replace(/\/+$/, '')
  const anchored = path.includes('/')
  const names = segmentsOf(path)
  if (names.length === 0) return []
  const segments = names.map((name): Segment => (name === '**' ? '**' : tokensOf(name)))
  return [
    {
      negated,
      foldersOnly,
      segments: anchored || segments[0] === '**' ? segments : ['**', ...segments],
    },
  ]
}

function tokensOf(name: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < name.length; at++) {
    const character = name[at] as string
    const end = character === '[' ? name.indexOf(']', at + 2) : -1
    if (character === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*')
    } else if (character === '?') tokens.push('?')
    else if (end !== -1) {
      tokens.push(classOf(name.slice(at + 1, end)))
      at = end
    } else if (character === '\\' && at + 1 < name.length) {
      tokens.push({ literal: name[++at] as string })
    } else tokens.push({ literal: character })
  }
  return tokens
}

function classOf(body: string): Token {
  const negated = /^[!^]/.test(body)
  const oneOf = new Set<string>()
  const characters = [...(negated ? body.slice(1) : body)]
  for (let at = 0; at < characters.length; at++) {
    const from = characters[at] as string
    const to = characters[at + 1] === '-' ? characters[at + 2] : undefined
    if (to === undefined) {
      oneOf.add(from)
      continue
    }
    const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)]
    for (let code = first; code <= last && oneOf.size < classMax; code++) {
      oneOf.add(String.fromCharCode(code))
    }
    at += 2
  }
  return { oneOf, negated }
}

const classMax = 256

/** Which of a pattern's segments may come after one more segment of the path. */
function step(
  segments: readonly Segment[],
  states: readonly number[],
  name: string,
): readonly number[] {
  if (states.length === 0) return states
  const next: number[] = []
  for (const state of states) {
    const expected = segments[state]
    if (expected === '**') next.push(state)
    else if (expected !== undefined && fitsSegment(expected, name)) next.push(state + 1)
  }
  return reach(segments, next)
}

/** `**` may stand for nothing. */
function reach(segments: readonly Segment[], states: readonly number[]): number[] {
  const reached = new Set(states)
  for (const state of reached) if (segments[state] === '**') reached.add(state + 1)
  return [...reached]
}

/** Two fingers: after the last star anything may have been skipped. */
function fitsSegment(tokens: readonly Token[], name: string): boolean {
  let [token, at] = [0, 0]
  let star: { token: number; at: number } | null = null
  while (at < name.length) {
    const expected = tokens[token]
    if (expected === '*') {
      star = { token: ++token, at }
    } else if (expected !== undefined && fitsCharacter(expected, name[at] as string)) {
      token++
      at++
    } else if (star !== null) {
      token = star.token
      star.at++
      at = star.at
    } else return false
  }
  while (tokens[token] === '*') token++
  return token === tokens.length
}

function fitsCharacter(token: Token, character: string): boolean {
  if (token === '?' || token === '*') return true
  if ('literal' in token) return token.literal === character
  return token.oneOf.has(character) !== token.negated
}
