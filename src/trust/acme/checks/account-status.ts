// RFC 8555 §7.3.6: an account that was closed does nothing any more.
import { acmeErrors } from '../errors.ts'

export function checkAccountStatus({ status }: { status: string }): void {
  if (status === 'valid') return
  throw acmeErrors.problem('acme_unauthorized', { message: `The account is ${status}` })
}
