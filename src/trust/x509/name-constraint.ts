// What an authority may sign names for, as people write it: a domain with all below it, a range of
// addresses or a mail domain.
import { checkHost } from './alternative-name.ts'
import { X509Error } from './error.ts'
import type { GeneralName } from './general-name.ts'
import { formatIp, parseIpRange } from './ip-address.ts'

/**
 * `dns:example.com` (also all hosts below it), `ip:10.0.0.0/8`, `email:example.com` (one host's
 * mailboxes), `email:.example.com` (all below it), `email:a@example.com`, `uri:.example.com`.
 * Without a kind, a domain or a range is recognised.
 * @throws {X509Error} `not_allowed`
 */
export function parseNameConstraint(text: string): GeneralName {
  const [, kind, value = ''] = /^(?:(dns|ip|email|uri):)?(.{1,300})$/s.exec(text) ?? []
  const range = parseIpRange(value)
  if ((kind === undefined || kind === 'ip') && range !== null) {
    return { kind: 'ip', value: formatIp(range), bytes: range }
  }
  if (kind === 'ip') throw refuse(text, 'a range of addresses looks like 10.0.0.0/8')
  if (kind === 'email' || kind === 'uri') return { kind, value: domain(value, kind === 'email') }
  return { kind: 'dns', value: checkHost(value, false) }
}

function domain(value: string, mailbox: boolean): string {
  const at = value.lastIndexOf('@')
  if (mailbox && at > 0) return `${value.slice(0, at)}@${checkHost(value.slice(at + 1), false)}`
  return value.startsWith('.') ? `.${checkHost(value.slice(1), false)}` : checkHost(value, false)
}

function refuse(text: string, wrong: string): X509Error {
  return new X509Error('not_allowed', `"${text.slice(0, 100)}" constrains no names: ${wrong}`)
}
