// What people write as the name of a host, a mailbox or a service, made into a name that a
// certificate may carry: checked, and international ones in their ASCII form.
import { domainToASCII, domainToUnicode } from 'node:url'
import { X509Error } from './error.ts'
import type { GeneralName } from './general-name.ts'
import { formatIp, parseIp } from './ip-address.ts'

const textMax = 2048

/**
 * `example.com`, `*.example.com`, `bücher.example`, `192.0.2.1`, `2001:db8::1`, `a@example.com`
 * or a URI.
 * @throws {X509Error} `not_allowed`, saying what is wrong with it.
 */
export function parseAlternativeName(text: string): GeneralName {
  if (text === '' || text.length > textMax || text.trim() !== text) {
    throw refuse(text, `it must have 1 to ${textMax} characters, and none of them space around it`)
  }
  const address = parseIp(text.replace(/^\[(.*)\]$/, '$1'))
  if (address !== null) return { kind: 'ip', value: formatIp(address), bytes: address }
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return { kind: 'uri', value: checkUri(text) }
  if (text.includes('@')) return { kind: 'email', value: checkEmail(text) }
  return { kind: 'dns', value: checkHost(text, true) }
}

/** All of them, each once, in their order. */
export function parseAlternativeNames(texts: readonly string[]): GeneralName[] {
  const names = new Map<string, GeneralName>()
  for (const text of texts) {
    const name = parseAlternativeName(text)
    names.set(`${name.kind}:${name.value}`, name)
  }
  return [...names.values()]
}

/** A host name in its ASCII form and lower case. */
export function checkHost(text: string, wildcard: boolean): string {
  const star = wildcard && text.startsWith('*.')
  const host = star ? text.slice(2) : text
  const ascii = toAscii(host, text)
  const labels = ascii.split('.')
  const wrong = labels.find((label) => !/^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label))
  if (wrong !== undefined) {
    const stars = wrong.includes('*') ? '; a wildcard is the whole first label: *.example.com' : ''
    const how = 'each part has 1 to 63 letters, digits or hyphens, no hyphen first or last'
    throw refuse(text, `"${wrong}" is no part of a host name: ${how}${stars}`)
  }
  if (ascii.length > 253 - (star ? 2 : 0)) throw refuse(text, 'it has over 253 characters')
  if (/^\d+$/.test(labels.at(-1) ?? '')) throw refuse(text, 'it looks like an IP address, badly')
  if (star && labels.length < 2) throw refuse(text, 'a wildcard needs two parts behind its star')
  return star ? `*.${ascii}` : ascii
}

function toAscii(host: string, text: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(host)
  const lower = isAscii ? host.toLowerCase() : host
  if (isAscii && !/(^|\.)xn--/.test(lower)) return lower
  // What a URL would do with these must not happen to a name.
  if (/[%/?#@:\\[\]\s*]/.test(host)) throw refuse(text, 'it has characters that no host name has')
  const ascii = domainToASCII(lower)
  // What does not decode stays as it is.
  const undecoded = domainToUnicode(ascii)
    .split('.')
    .some((label) => label.startsWith('xn--'))
  if (ascii === '' || undecoded || parseIp(ascii) !== null) {
    throw refuse(text, 'its international part is not valid (IDNA)')
  }
  return ascii
}

function checkEmail(text: string): string {
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  // The dot-atom of RFC 5322; quoted local parts are no address that anybody has.
  const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
  if (!new RegExp(`^${atom}(\\.${atom})*$`).test(local) || local.length > 64) {
    throw refuse(text, 'what stands before @ is no mailbox in ASCII')
  }
  return `${local}@${checkHost(domain, false)}`
}

function checkUri(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw refuse(text, 'a URI is of visible ASCII characters')
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw refuse(text, 'it is not a URI with a scheme and, after //, a host')
  }
  // RFC 5280 §4.2.1.6: neither relative nor without what the scheme says.
  if (url.username !== '' || url.password !== '') throw refuse(text, 'it holds a user or password')
  if (text.slice(url.protocol.length).replace(/^\/\//, '') === '') {
    throw refuse(text, 'there is nothing behind its scheme')
  }
  return text
}

function refuse(text: string, wrong: string): X509Error {
  return new X509Error('not_allowed', `"${text.slice(0, 100)}" cannot be a name: ${wrong}`)
}
