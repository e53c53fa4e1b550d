// Identity's own entries of the error catalogue.
import { defineErrors } from '../platform/errors.ts'

export const errors = defineErrors({
  key_not_found: {
    status: 404,
    title: 'No such key',
    fix: 'List the keys to see which there are',
  },
  key_not_active: {
    status: 409,
    title: 'The key is revoked, expired, switched off or already rotated',
    fix: 'Create a new key, or switch it on first',
  },
  scope_exceeds_maker: {
    status: 403,
    title: 'A key, client or token cannot carry more than its maker',
    fix: 'Ask for scopes, a surface, addresses and a lifetime within those of the key that you use',
  },
  not_first_organization: {
    status: 403,
    title: 'Only owners of the first organization manage organizations',
    fix: 'Use a key of the first organization with the scope admin:console',
  },
})
