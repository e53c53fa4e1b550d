import { expect, it } from 'vitest'
import { judgementOf } from './judgement.ts'

it.each([
  ['isValid', true, ''],
  ['isvalidurl', true, ''],
  ['is_valid', true, ''],
  ['validate', true, ''],
  ['isSafePath', true, 'path'],
  ['isPathSafe', true, 'path'],
  ['is_trusted_user', true, 'user'],
  ['allowedHosts', true, 'hosts'],
  ['inWhiteList', true, 'list'],
  ['checkUrl', true, 'url'],
  ['isLocalURL', true, 'url'],
  ['isNotMalicious', true, ''],
  ['isInvalid', false, ''],
  ['isinvalid', false, ''],
  ['is_unsafe', false, ''],
  ['isUntrusted', false, ''],
  ['is_untrusted', false, ''],
  ['disallowed', false, ''],
  ['has_illegal', false, ''],
  ['isNotAllowed', false, ''],
  ['is_not_valid', false, ''],
  ['isMalicious', false, ''],
  ['isBadHost', false, 'host'],
  ['isExternalUrl', false, 'url'],
  ['isNotUrl', false, 'url'],
])('%s: harmless where it says %s', (name, harmless, subject) => {
  expect(judgementOf(name)).toEqual({ harmless, subject })
})

it.each([
  'isValidLength',
  'is_valid_length',
  'isPathTooLong',
  'allows_empty',
  'checkFileExists',
  'isBadge',
  'isWhitespace',
  'validator',
  'list',
])('%s judges nothing', (name) => {
  expect(judgementOf(name)).toBeNull()
})
