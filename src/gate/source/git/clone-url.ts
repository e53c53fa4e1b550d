// What may stand behind a clone: an address taken apart and refused early, because git itself
// understands far more (`ext::`, `ssh`, options in the place of addresses).
import { CloneError } from './clone-error.ts'

export interface CloneUrl {
  protocol: 'file' | 'http' | 'https'
  /** Without credentials; safe to hand to git. */
  href: string
  /** The prefix under which a header with a credential may be sent. */
  origin: string
  host: string
  port: number
}

/** @throws {CloneError} `clone_failed` naming what is wrong with the address. */
export function parseCloneUrl(url: string): CloneUrl {
  const parsed = URL.parse(url)
  const protocol = protocols.find((name) => parsed?.protocol === `${name}:`)
  if (parsed === null || protocol === undefined || url.length > urlCharsMax) {
    throw refused('a repository address begins with https://, http:// or file://')
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw refused('an address holds no user name or password; give the token separately')
  }
  if (parsed.search !== '' || parsed.hash !== '') throw refused('an address has no ? or #')
  if (controlCharacter.test(decoded(parsed.pathname))) {
    throw refused('an address holds no control characters')
  }
  return {
    protocol,
    href: parsed.href,
    origin: parsed.origin,
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port || (protocol === 'https' ? 443 : 80)),
  }
}

const protocols = ['file', 'http', 'https'] as const
const urlCharsMax = 2048
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f]/

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw refused('its path is not percent-encoded UTF-8')
  }
}

function refused(reason: string): CloneError {
  return new CloneError('clone_failed', `The repository address is not accepted: ${reason}.`)
}
