// RFC 8555 §6.2: asymmetric signatures only; `none` and MACs prove nothing here.
import { acmeErrors } from '../errors.ts'
import { algorithmNames, isAlgorithm } from '../jose.ts'

export function checkAlgorithm(algorithm: string): void {
  if (isAlgorithm(algorithm)) return
  throw acmeErrors.problem('acme_bad_signature_algorithm', {
    details: { algorithms: algorithmNames },
  })
}
