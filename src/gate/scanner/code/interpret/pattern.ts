// Which regular expressions let nothing through that could do harm.

/**
 * `all`: letters, digits, blanks and a few signs only, from the beginning of the text to its end;
 * `paths`: slashes as well, so that paths and addresses are still the sender's; `site`: an address
 * of one host. Null: none of these. `whole` says that the language holds the pattern against the
 * whole text anyway.
 */
export function strictness(pattern: string, whole: boolean): 'all' | 'paths' | 'site' | null {
  const isBegun = whole || /^(?:\^|\\A)/.test(pattern)
  const isEnded = whole || /(?:\$|\\z|\\Z)$/.test(pattern)
  const bare = pattern.replace(/^(?:\^|\\A)/, '').replace(/(?:\$|\\z|\\Z)$/, '')
  if (!isBegun || bare.length > patternMax) return null
  if (isEnded && strict.test(bare)) return bare.includes('/') ? 'paths' : 'all'
  return site.test(bare) ? 'site' : null
}

const patternMax = 200

/** A sequence of harmless characters, classes of them, and repetitions. */
const strict = new RegExp(
  [
    '^(?:[\\w ,/-]',
    '\\\\[wd\\-._@/]',
    '\\[(?:[\\w\\s@.,/-]|\\\\[wd\\-._/])+\\]',
    '[()|?*+]',
    '\\?:',
    '\\{\\d+(?:,\\d*)?\\})+$',
  ].join('|'),
)

/** Its dots are dots, and something follows the host. */
const site = /^https\??:\/\/(?:[\w-]+\\\.)+[\w-]+(?::\d+)?\//
