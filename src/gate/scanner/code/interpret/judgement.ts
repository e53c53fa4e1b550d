// What the name of a function says that its answer tells of an argument: `isSafePath(path)` that
// it is harmless where the answer is yes, `hasIllegalCharacters(path)` where it is no.

export interface Judgement {
  /** The answer to what is harmless. */
  harmless: boolean
  /** What is judged, as far as the name says so: `path`; in small letters, or empty. */
  subject: string
}

/** Null for names that judge nothing, or no more than a size, a form or a kind. */
export function judgementOf(name: string): Judgement | null {
  const words = wordsOf(name)
  if (words.some((word) => measures.has(word))) return null
  let harmless = true
  let judged = -1
  for (const [index, word] of words.entries()) {
    if (negations.has(word)) {
      harmless = !harmless
      continue
    }
    const verdict = verdictOf(word)
    if (verdict === null) continue
    // `isInvalidOrUnsafe` says one thing twice.
    if (judged === -1 && !verdict) harmless = !harmless
    judged = index
  }
  if (judged === -1) return asksOfSubject(words) ? { harmless, subject: words.at(-1) ?? '' } : null
  const before = words.slice(0, judged).filter((word) => !verbs.test(word) && !negations.has(word))
  return { harmless, subject: words.slice(judged + 1).join('') || before.join('') }
}

function verdictOf(word: string): boolean | null {
  if (bad.test(word)) return false
  return good.test(word) ? true : null
}

/** `checkUrl`, `isLocalHost`: what else would it look for? */
function asksOfSubject(words: readonly string[]): boolean {
  const [verb = ''] = words
  const rest = words.slice(1, 3)
  return asking.test(verb) && rest.some(isSubject)
}

const isSubject = (word: string): boolean =>
  /^(?:url|uri|path|host|file|input|domain|redirect|origin|referr?er)/.test(word)

/** `isValidURL_path`: is, valid, url, path. */
function wordsOf(name: string): string[] {
  const words = name.slice(0, nameMax).match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []
  return words.map((word) => word.toLowerCase())
}

const asking = /^(?:is|check|verify|validate|assert|ensure)$/
const verbs = /^(?:is|are|has|have|contains|check|verify|validate|assert|ensure)$/
const good =
  /^(?:is|re)?(?:valid(?!ator)|safe(?![rt])|allow|permit|trust|legal|white(?:list|$))|^legitimate$/
const bad = new RegExp(
  [
    '^(?:is)?(?:in|un)(?:valid|safe|trust|allow|permit|secure)',
    '^(?:is)?dis(?:allow|trust|permit)|^impermiss',
    '^(?:is)?illeg(?:al|itimate)',
    '^(?:bad|evil|malicious|malformed|harmful|dangerous|suspicious|hostile|tainted)$',
    '^(?:external|foreign)$',
    '^(?:forbidden|prohibited|denied|block(?:ed|list)|banned|black(?:list(?:ed)?)?|deny(?:list)?)$',
  ].join('|'),
)
const negations = new Set(['not', 'isnt', 'non', 'no', 'never', 'cannot', 'without'])
const measures = new Set(
  [
    'length len size count long longer short shorter large larger big small many few too',
    'max maximum min minimum limit empty blank null none absolute relative exists expired',
  ].flatMap((line) => line.split(' ')),
)
const nameMax = 200
