// The table of authorities that there are. Add one: its file, and its row here.
import type { AuthorityType } from './contract.ts'
import { csrType } from './csr.ts'
import { internalType } from './internal.ts'

export const authorityTypes = {
  internal: internalType,
  csr: csrType,
} satisfies Record<string, AuthorityType<never> | AuthorityType<unknown>>

export type AuthorityTypeName = keyof typeof authorityTypes

/** As the API accepts them. */
export const authorityTypeNames = ['internal', 'csr'] as const satisfies AuthorityTypeName[]
