// How a certificate is renewed, by the authority that it has.
import type { Method } from './store.ts'

/** A request that people carry can be had of any; else the authority's own way counts. */
export function methodOf(authorityType: string, wanted?: Method): Method {
  if (wanted === 'csr' || authorityType === 'csr') return 'csr'
  return authorityType === 'acme' ? 'acme' : 'api'
}

/** Whether an authority of this type is what the caller means. */
export function methodFits(authorityType: string, wanted: Method | undefined): boolean {
  return wanted === undefined || wanted === 'csr' || methodOf(authorityType) === wanted
}
