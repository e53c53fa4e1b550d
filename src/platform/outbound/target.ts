// Where a request wants to go, checked as far as that can be done without looking a name up.
import { isIP } from 'node:net'
import { OutboundRefused } from './errors.ts'

const urlCharactersMax = 2048

/** An absolute https:// or http:// URL without credentials; throws OutboundRefused. */
export function parseTarget(text: string): URL {
  // The URL may carry a secret in its path or query, so no message repeats it.
  if (text.length > urlCharactersMax) {
    throw new OutboundRefused('invalid_request', `A URL has at most ${urlCharactersMax} characters`)
  }
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) {
    throw new OutboundRefused(
      'invalid_request',
      'Give an absolute URL such as https://example.com/',
    )
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new OutboundRefused('scheme', `A URL starts with https://, not with ${url.protocol}`)
  }
  if (url.username !== '' || url.password !== '') {
    const message = 'Leave the user name and password out of the URL; send them in a header'
    throw new OutboundRefused('credentials', message)
  }
  // Any other port is free: the address decides what may be reached, and people run services on
  // ports of their own.
  if (url.port === '0') throw new OutboundRefused('invalid_request', 'Port 0 is no port')
  return url
}

/** The bare host of a URL: IPv6 addresses without their brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/**
 * A host name or address as a URL would have it, with `0x7f.1` and its like as the address that
 * they mean; throws OutboundRefused.
 */
export function parseHost(text: string): string {
  const written = isIP(text) === 6 ? `[${text}]` : text
  const shaped = /^(?:\[[0-9a-fA-F:.]{2,45}\]|[\p{L}\p{N}._-]{1,253})$/u.test(written)
  if (!shaped || !URL.canParse(`https://${written}/`)) {
    throw new OutboundRefused('invalid_request', 'Give a host name or an IP address')
  }
  return hostOf(new URL(`https://${written}/`))
}

/**
 * Where an answer redirects to, if that stays on the host: the same origin, or its https:// form on
 * the standard port. Null for everything else, for we do not follow it.
 */
export function redirectTarget(from: URL, status: number, location: unknown): URL | null {
  if (![301, 302, 303, 307, 308].includes(status) || typeof location !== 'string') return null
  if (location.length > urlCharactersMax || !URL.canParse(location, from.href)) return null
  const to = new URL(location, from)
  const upgraded = to.protocol === 'https:' && to.port === '' && to.hostname === from.hostname
  if (to.origin !== from.origin && !upgraded) return null
  return to.username === '' && to.password === '' ? to : null
}
