// Names that a certificate is asked for, checked and written as the certificate will have them.
import { invalidField } from '../../platform/http/validation.ts'
import { parseAlternativeName } from '../x509/alternative-name.ts'
import type { CertificateRequest } from '../x509/csr.ts'
import { X509Error } from '../x509/error.ts'
import { commonName } from '../x509/name.ts'
import { namesMax } from './schema.ts'

export interface Names {
  commonName: string
  /** Each once, the common name first. */
  all: string[]
}

interface Wish {
  commonName?: string | undefined
  subjectAlternativeNames?: readonly string[] | undefined
}

/** What the body names wins; where it is silent, the request's own names count. */
export function wantedNames(wish: Wish, request: CertificateRequest | null): Names {
  const asked = request?.says.subjectAltName.map(({ value }) => value) ?? []
  const others = wish.subjectAlternativeNames ?? asked
  const inRequest = request === null ? undefined : (commonName(request.subject) ?? asked[0])
  const first = wish.commonName ?? inRequest
  if (first === undefined) throw invalidField('commonName', 'is required (string)')
  const names = [checked(first, 'commonName')]
  others.forEach((name, at) => {
    names.push(checked(name, `subjectAlternativeNames.${at}`))
  })
  const all = [...new Set(names)]
  if (all.length > namesMax + 1) {
    throw invalidField('subjectAlternativeNames', `must be at most ${namesMax}`)
  }
  return { commonName: all[0] ?? '', all }
}

function checked(name: string, field: string): string {
  try {
    return parseAlternativeName(name).value
  } catch (error) {
    if (error instanceof X509Error) throw invalidField(field, error.message)
    throw error
  }
}
