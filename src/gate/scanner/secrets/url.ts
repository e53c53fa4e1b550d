// Finds the password in `scheme://user:password@host`, reading outwards from `://`.

export interface UrlPassword {
  scheme: string
  user: string
  host: string
  start: number
  end: number
  value: string
}

/**
 * `at` is the offset after `://`. Null where no password stands before the host. A password may
 * hold unescaped `@` and, up to the last one before the path, `:`; it may be percent-encoded.
 */
export function readUrlPassword(text: string, at: number): UrlPassword | null {
  const authority = text.slice(at, endOfAuthority(text, at))
  const sign = authority.lastIndexOf('@')
  const colon = authority.indexOf(':')
  if (sign === -1 || colon === -1 || colon + 1 >= sign) return null
  const host = authority.slice(sign + 1)
  if (!/^(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?(?:,[\w.:-]+)?$/i.test(host)) return null
  return {
    scheme: schemeBefore(text, at - '://'.length),
    user: authority.slice(0, colon),
    host,
    start: at + colon + 1,
    end: at + sign,
    value: authority.slice(colon + 1, sign),
  }
}

/** A host without a dot, a loopback address or a name reserved for examples (RFC 2606). */
export function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase()
  return (
    !name.includes('.') ||
    /^127\.|^0\.0\.0\.0$|^192\.168\.|^10\./.test(name) ||
    /(?:^|\.)(?:example\.(?:com|org|net)|test|invalid|example|localhost|local)$/.test(name)
  )
}

const authorityCharsMax = 400
const schemeCharsMax = 24

/** The authority ends before the path, or before a character that no URL has. */
function endOfAuthority(text: string, at: number): number {
  const limit = Math.min(text.length, at + authorityCharsMax)
  let end = at
  while (end < limit && afterAuthority[text.charCodeAt(end)] !== 1) end++
  return end
}

const afterAuthority = new Uint8Array(256)
for (const character of '\t\n\r "\'`<>\\/()?#') afterAuthority[character.charCodeAt(0)] = 1

function schemeBefore(text: string, end: number): string {
  let start = end
  while (end - start < schemeCharsMax && /[a-z0-9+.-]/i.test(text.charAt(start - 1))) start--
  return text.slice(start, end).toLowerCase()
}
