// RFC 8555 §6.4: what was signed for one address is worth nothing at another.
import { acmeErrors } from '../errors.ts'

export function checkUrl(signed: string, asked: string): void {
  if (signed === asked) return
  throw acmeErrors.problem('acme_unauthorized', {
    message: `The request was signed for another URL than ${asked}`,
  })
}
