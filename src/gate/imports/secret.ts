// Takes secrets out of what tools that look for them say: several print in full what they found.
import { redactText } from '../../platform/redaction.ts'
import { mask } from '../scanner/redact.ts'

const valueCharsMin = 4
/** Hard-coded credentials, whichever kind of tool found them. */
const weaknesses: ReadonlySet<string> = new Set(['CWE-798', 'CWE-259', 'CWE-321', 'CWE-547'])

export function showsSecret(scanType: string, cweId: string | null): boolean {
  return scanType === 'secrets' || weaknesses.has(cweId ?? '')
}

/**
 * The text without the found one, without what has the shape of a credential, and without words
 * that look random unless they are `known` (paths and names of rules look random too).
 */
export function withoutSecrets(
  text: string,
  found: string | null,
  known: readonly string[],
): string {
  let clean = text
  for (const value of partsOf(found)) clean = clean.replaceAll(value, mask(value))
  return redactText(clean).replace(longWord, (word) => {
    return looksRandom(word) && !known.some((name) => name.includes(word)) ? mask(word) : word
  })
}

const longWord = /[A-Za-z0-9+/=_-]{20,}/g

function looksRandom(word: string): boolean {
  return /[0-9]/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word)
}

/** All of it, then each of its lines and words, the longest first. */
function partsOf(found: string | null): string[] {
  if (found === null) return []
  const near = found.slice(0, foundCharsMax)
  const parts = [near, ...near.split('\n'), ...near.split(/[\s"'`=:,;]+/)]
  const distinct = new Set(parts.map((part) => part.trim()))
  return [...distinct]
    .filter((part) => part.length >= valueCharsMin)
    .sort((a, b) => b.length - a.length)
    .slice(0, partsMax)
}

const foundCharsMax = 16_384
const partsMax = 50
