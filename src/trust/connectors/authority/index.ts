// The table of authorities that there are. Add one: its file, and its row here.
import { acmeType } from './acme/settings.ts'
import type { AuthorityType } from './contract.ts'
import { csrType } from './csr.ts'
import { digicertType } from './digicert.ts'
import { internalType } from './internal.ts'
import { sectigoType } from './sectigo.ts'

export const authorityTypes = {
  internal: internalType,
  acme: acmeType,
  csr: csrType,
  digicert: digicertType,
  sectigo: sectigoType,
} satisfies Record<string, AuthorityType<never> | AuthorityType<unknown>>

export type AuthorityTypeName = keyof typeof authorityTypes

/** As the API accepts them. */
export const authorityTypeNames = [
  'internal',
  'acme',
  'csr',
  'digicert',
  'sectigo',
] as const satisfies AuthorityTypeName[]
