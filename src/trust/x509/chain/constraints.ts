// Whether names lie where name constraints want them (RFC 5280 §4.2.1.10).
import type { Certificate } from '../certificate.ts'
import type { NameConstraints } from '../extension/extension.ts'
import { type GeneralName, readableGeneralName } from '../general-name.ts'
import { isWithin, valuesIn } from '../name.ts'
import { oids } from '../oids.ts'

/** As OpenSSL bounds it. */
const comparisonsMax = 2 ** 20

/** The names of a certificate that the constraints above it do not allow, each with its reason. */
export function namesNotAllowed(
  certificate: Certificate,
  above: readonly NameConstraints[],
): string[] {
  return namesOutside(namesOf(certificate), above)
}

/** Of names that nothing has certified yet. */
export function namesOutside(
  names: readonly GeneralName[],
  above: readonly NameConstraints[],
): string[] {
  const trees = above.reduce((sum, each) => sum + each.permitted.length + each.excluded.length, 0)
  if (names.length * trees > comparisonsMax) {
    return [`${names.length} names are too many to hold against ${trees} constraints`]
  }
  return names.flatMap((name) => {
    for (const { permitted, excluded } of above) {
      if (excluded.some((tree) => covers(tree, name, 'excluded'))) {
        return [`${readableGeneralName(name)} is excluded`]
      }
      const trees = permitted.filter(({ kind }) => kind === name.kind)
      if (trees.length > 0 && !trees.some((tree) => covers(tree, name, 'permitted'))) {
        return [`${readableGeneralName(name)} is not permitted`]
      }
    }
    return []
  })
}

function namesOf({ subject, says }: Certificate): GeneralName[] {
  const names: GeneralName[] = [...says.subjectAltName]
  if (subject.rdns.length > 0) names.push({ kind: 'directory', value: '', name: subject })
  // Mail addresses of old stand in the subject.
  if (!names.some(({ kind }) => kind === 'email')) {
    const old = valuesIn(subject, oids.emailAddress)
    names.push(...old.map((value) => ({ kind: 'email' as const, value })))
  }
  return names
}

type Role = 'permitted' | 'excluded'

/** Where it cannot be told, a name lies in what is excluded and outside of what is permitted. */
function covers(tree: GeneralName, name: GeneralName, role: Role): boolean {
  if (tree.kind !== name.kind) return false
  const unsure = role === 'excluded'
  switch (tree.kind) {
    case 'dns':
      return coversHost(tree.value, name.value, role)
    case 'email':
      return coversMail(tree.value, name.value)
    case 'uri': {
      const host = hostOf(name.value)
      return host === null ? unsure : coversDomain(tree.value, host)
    }
    case 'ip':
      return name.kind === 'ip' ? coversAddress(tree.bytes, name.bytes) : unsure
    case 'directory':
      return name.kind === 'directory' ? isWithin(name.name, tree.name) : unsure
    default:
      return unsure
  }
}

function coversHost(tree: string, host: string, role: Role): boolean {
  const wanted = tree.toLowerCase()
  const name = host.toLowerCase()
  if (wanted === '') return true
  const below = wanted.startsWith('.') ? wanted : `.${wanted}`
  if (name === wanted || name.endsWith(below)) return true
  // A wildcard may stand for a host that is excluded.
  return role === 'excluded' && name.startsWith('*.') && below.endsWith(name.slice(1))
}

function coversMail(tree: string, mailbox: string): boolean {
  const at = mailbox.lastIndexOf('@')
  const [local, host] = [mailbox.slice(0, Math.max(0, at)), mailbox.slice(at + 1)]
  const wanted = tree.lastIndexOf('@')
  if (wanted < 0) return coversDomain(tree, host)
  return local === tree.slice(0, wanted) && coversDomain(tree.slice(wanted + 1), host)
}

/** `.example.com` is all below it, `example.com` that host alone. */
function coversDomain(tree: string, host: string): boolean {
  const [wanted, name] = [tree.toLowerCase(), host.toLowerCase()]
  return wanted.startsWith('.') ? name.endsWith(wanted) : name === wanted
}

/** Null where a URI has no host, or an address instead. */
function hostOf(uri: string): string | null {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri) ?? []
  const host = authority?.replace(/^.*@/, '').replace(/:\d*$/, '')
  const isName = host !== undefined && host !== '' && !/^[\d.]+$|^\[/.test(host)
  return isName ? host : null
}

function coversAddress(tree: Uint8Array, address: Uint8Array): boolean {
  if (tree.length !== address.length * 2) return false
  return address.every((byte, at) => {
    const mask = tree[address.length + at] ?? 0
    return (byte & mask) === ((tree[at] ?? 0) & mask)
  })
}
