// RFC 8555 §6.2: a signed request says that it is one.
import { Problem } from '../../../platform/errors.ts'
import { acmeErrors } from '../errors.ts'

export function checkContentType(contentType: string | undefined): void {
  const [type = ''] = (contentType ?? '').split(';')
  if (type.trim().toLowerCase() === 'application/jose+json') return
  const { acme_malformed: entry } = acmeErrors.entries
  throw new Problem(
    'acme_malformed',
    { ...entry, status: 415, fix: 'Send application/jose+json' },
    { message: 'The content type is not that of a signed request' },
  )
}
