// What our ACME server answers where it refuses: the types of RFC 8555 §6.7, one code each, and the
// form in which clients expect them (RFC 7807).
import { defineErrors, type Problem } from '../../platform/errors.ts'
import type { ErrorForm } from '../../platform/http/route.ts'

/** `acme_bad_nonce` is `urn:ietf:params:acme:error:badNonce`. */
export const acmeErrors = defineErrors({
  acme_account_does_not_exist: {
    status: 400,
    title: 'There is no such account',
    fix: 'Create one with newAccount',
  },
  acme_already_replaced: {
    status: 409,
    title: 'Another order replaces that certificate already',
    fix: 'Order without replaces',
  },
  acme_already_revoked: {
    status: 400,
    title: 'The certificate has been revoked before',
    fix: 'Nothing is left to do',
  },
  acme_bad_csr: {
    status: 400,
    title: 'The request (CSR) cannot be accepted',
    fix: 'Make a new one for the names of the order',
  },
  acme_bad_nonce: {
    status: 400,
    title: 'The nonce is unknown, too old or was used before',
    fix: 'Sign again with the nonce of this answer',
  },
  acme_bad_public_key: {
    status: 400,
    title: 'Such a public key is not accepted',
    fix: 'Use P-256, P-384, P-521, Ed25519 or RSA with 2048 to 8192 bits',
  },
  acme_bad_revocation_reason: {
    status: 400,
    title: 'Such a reason of revocation is not accepted',
    fix: 'Use one of 0, 1, 3, 4, 5, or leave it out',
  },
  acme_bad_signature_algorithm: {
    status: 400,
    title: 'Such a signature algorithm is not accepted',
    fix: 'Use one of those in algorithms',
  },
  acme_conflict: {
    status: 409,
    title: 'Another account has that key',
    fix: 'Use the account that Location names, or a new key',
  },
  acme_connection: {
    status: 400,
    title: 'The server that was to prove the name could not be reached',
    fix: 'See that it listens, and that the way to it is open',
  },
  acme_dns: {
    status: 400,
    title: 'A name could not be looked up',
    fix: 'See what its name servers answer',
  },
  acme_external_account_required: {
    status: 403,
    title: 'This authority only takes accounts that somebody vouches for',
    fix: 'Ask for a key identifier with its HMAC key, and send externalAccountBinding',
  },
  acme_incorrect_response: {
    status: 400,
    title: 'What was found is not what the challenge asks for',
    fix: 'Answer with the key authorization of this challenge',
  },
  acme_invalid_contact: {
    status: 400,
    title: 'A contact is not an address',
    fix: 'Use mailto: and one address, without anything behind it',
  },
  acme_malformed: {
    status: 400,
    title: 'The request is malformed',
    fix: 'See RFC 8555 for its form',
  },
  acme_missing: {
    status: 404,
    title: 'There is nothing at this address',
    fix: 'Begin with the directory',
  },
  acme_order_not_ready: {
    status: 403,
    title: 'The order is not ready',
    fix: 'Finish its authorizations first',
  },
  acme_rate_limited: {
    status: 429,
    title: 'Too many requests',
    fix: 'Wait for the seconds given in Retry-After',
  },
  acme_rejected_identifier: {
    status: 403,
    title: 'The authority issues nothing for this identifier',
    fix: 'Order other names',
  },
  acme_tls: {
    status: 400,
    title: 'There was no TLS handshake as the challenge wants it',
    fix: 'See that the server there speaks TLS and knows the protocol acme-tls/1',
  },
  acme_unauthorized: {
    status: 403,
    title: 'The account may not do this',
    fix: 'Use the account, or the key, that it belongs to',
  },
  acme_unsupported_contact: {
    status: 400,
    title: 'Contacts are e-mail addresses only',
    fix: 'Use mailto:',
  },
  acme_unsupported_identifier: {
    status: 400,
    title: 'Identifiers are of type dns or ip',
    fix: 'Order names and addresses only',
  },
})

/** RFC 8555 §6.7.1: one for each identifier that something is wrong with. */
export interface Subproblem {
  type: string
  detail: string
  identifier: { type: string; value: string }
}

const acmeNames: Record<string, string> = {
  acme_bad_csr: 'badCSR',
  acme_conflict: 'malformed',
  acme_missing: 'malformed',
  rate_limited: 'rateLimited',
}

export function typeOf({ code, status }: Pick<Problem, 'code' | 'status'>): string {
  const name =
    acmeNames[code] ??
    (code.startsWith('acme_')
      ? code.slice('acme_'.length).replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
      : status >= 500
        ? 'serverInternal'
        : 'malformed')
  return `urn:ietf:params:acme:error:${name}`
}

/** As it stands in an order or a challenge. */
export function documentOf(problem: Problem): Record<string, unknown> {
  const { algorithms, subproblems } = problem.details
  return {
    type: typeOf(problem),
    detail: `${problem.message}. ${problem.fix}.`,
    status: problem.status,
    ...(algorithms === undefined ? {} : { algorithms }),
    ...(subproblems === undefined ? {} : { subproblems }),
  }
}

export const problemDocument: ErrorForm = (problem) => ({
  status: problem.status,
  body: documentOf(problem),
  contentType: 'application/problem+json',
})
