// Writes the extensions of new certificates, CRLs and requests.
import * as write from '../der/writer.ts'
import { encodeGeneralName, type GeneralName } from '../general-name.ts'
import { oids } from '../oids.ts'
import { type Extension, type KeyUsage, keyUsages, type NameConstraints } from './extension.ts'

export function encodeExtension({ oid, critical, value }: Extension): Uint8Array {
  const flag = critical ? [write.boolean(true)] : []
  return write.sequence(write.oid(oid), ...flag, write.octetString(value))
}

export function basicConstraintsExtension(ca: boolean, pathLength: number | null): Extension {
  const length = pathLength === null ? [] : [write.integer(pathLength)]
  const value = write.sequence(...(ca ? [write.boolean(true)] : []), ...length)
  return { oid: oids.basicConstraints, critical: true, value }
}

export function keyUsageExtension(usages: readonly KeyUsage[]): Extension {
  const value = write.bitList(usages.map((usage) => keyUsages.indexOf(usage)))
  return { oid: oids.keyUsage, critical: true, value }
}

export function extendedKeyUsageExtension(purposes: readonly string[]): Extension {
  const value = write.sequence(...purposes.map(write.oid))
  return { oid: oids.extendedKeyUsage, critical: false, value }
}

export function subjectKeyIdExtension(keyId: Uint8Array): Extension {
  return { oid: oids.subjectKeyIdentifier, critical: false, value: write.octetString(keyId) }
}

export function authorityKeyIdExtension(keyId: Uint8Array): Extension {
  const value = write.sequence(write.implicit(0, keyId))
  return { oid: oids.authorityKeyIdentifier, critical: false, value }
}

/** Critical where the subject is empty, as RFC 5280 §4.1.2.6 wants it. */
export function subjectAltNameExtension(
  names: readonly GeneralName[],
  critical: boolean,
): Extension {
  const value = write.sequence(...names.map(encodeGeneralName))
  return { oid: oids.subjectAltName, critical, value }
}

export function nameConstraintsExtension({ permitted, excluded }: NameConstraints): Extension {
  const subtrees = (number: number, names: readonly GeneralName[]) => {
    const trees = names.map((name) => write.sequence(encodeGeneralName(name)))
    return trees.length === 0 ? [] : [write.explicit(number, ...trees)]
  }
  const value = write.sequence(...subtrees(0, permitted), ...subtrees(1, excluded))
  return { oid: oids.nameConstraints, critical: true, value }
}

const uri = (value: string) => encodeGeneralName({ kind: 'uri', value })

/** Where the issuer's certificate and its OCSP responder are; null where there is neither. */
export function authorityInfoAccessExtension(
  ocspUrls: readonly string[],
  issuerUrls: readonly string[],
): Extension | null {
  const access = (method: string) => (url: string) => write.sequence(write.oid(method), uri(url))
  const all = [...ocspUrls.map(access(oids.ocsp)), ...issuerUrls.map(access(oids.caIssuers))]
  if (all.length === 0) return null
  return { oid: oids.authorityInfoAccess, critical: false, value: write.sequence(...all) }
}

export function crlDistributionPointsExtension(urls: readonly string[]): Extension | null {
  if (urls.length === 0) return null
  const points = urls.map((url) => write.sequence(write.explicit(0, write.explicit(0, uri(url)))))
  return { oid: oids.crlDistributionPoints, critical: false, value: write.sequence(...points) }
}

export function policiesExtension(policies: readonly string[]): Extension | null {
  if (policies.length === 0) return null
  const value = write.sequence(...policies.map((each) => write.sequence(write.oid(each))))
  return { oid: oids.certificatePolicies, critical: false, value }
}

export const ocspNoCheckExtension: Extension = {
  oid: oids.ocspNoCheck,
  critical: false,
  value: write.nullValue,
}
