import { expect, it } from 'vitest'
import { OutboundFailed } from '../../platform/outbound/errors.ts'
import { DocumentError } from '../imports/document-error.ts'
import { CloneError } from '../source/git/clone-error.ts'
import { failureOf } from './failure.ts'

const withCode = (code: string) => Object.assign(new Error('getaddrinfo x'), { code })

it.each([
  [withCode('ENOTFOUND'), 'clone_failed', /could not be found: check its name/],
  [withCode('EAI_AGAIN'), 'clone_failed', /could not be found/],
  [new OutboundFailed('dns', 'x has no address'), 'clone_failed', /could not be found/],
  [new CloneError('branch_not_found'), 'branch_not_found', /no branch/],
  [new DocumentError('runs must be a list'), 'invalid_document', /runs/],
  [withCode('outbound_refused'), 'access_denied', /may not be reached/],
  [new Error('secret of ours'), 'internal_error', /^The scan could not be finished/],
  [null, 'internal_error', /could not be finished/],
])('tells %s as %s', (error, code, message) => {
  expect(failureOf(error)).toEqual({ code, message: expect.stringMatching(message) })
})
