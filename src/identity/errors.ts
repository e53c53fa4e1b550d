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
  client_not_found: {
    status: 404,
    title: 'No such client',
    fix: 'List the clients to see which there are',
  },
  invalid_client: {
    status: 401,
    title: 'The client is unknown, or its secret is wrong or has expired',
    fix: 'Send client_id and client_secret in the body, or both as HTTP Basic',
  },
  invalid_grant: {
    status: 400,
    title: 'The refresh token is unknown, expired, used or revoked',
    fix: 'Ask for a new token with the grant client_credentials',
  },
  invalid_scope: {
    status: 400,
    title: 'The scope is unknown or more than the client carries',
    fix: 'Ask for scopes named in details, or for none to get all of them',
  },
  unauthorized_client: {
    status: 400,
    title: 'The client may not use this grant type',
    fix: 'Create a client whose grant_types hold it',
  },
  unsupported_grant_type: {
    status: 400,
    title: 'The grant type is not supported',
    fix: 'Use client_credentials or refresh_token',
  },
  scope_exceeds_maker: {
    status: 403,
    title: 'A key, client or token cannot carry more than its maker',
    fix: 'Ask for scopes, a surface, addresses and a lifetime within those of the key that you use',
  },
  not_first_organization: {
    status: 403,
    title: 'Only owners of the first organization operate the installation',
    fix: 'Use a key with the scope admin:console that one of them made in the default workspace',
  },
  two_factor_enabled: {
    status: 409,
    title: 'A second step is asked at this login already',
    fix: 'Disable it first to enrol another app',
  },
  two_factor_not_enrolled: {
    status: 409,
    title: 'No app is enrolled for the second step',
    fix: 'Begin with POST /api/auth/2fa/enroll',
  },
  session_not_found: {
    status: 404,
    title: 'No such session',
    fix: 'List your sessions to see which there are',
  },
  user_not_found: {
    status: 404,
    title: 'No such user',
    fix: 'List the users to see who is in this organization',
  },
  role_exceeds_own: {
    status: 403,
    title: 'Your role does not allow this',
    fix: 'Ask an admin, or for a role above your own an owner',
  },
  last_owner: {
    status: 409,
    title: 'An organization keeps at least one owner',
    fix: 'Make somebody else an owner first',
  },
  user_in_other_organizations: {
    status: 409,
    title: 'The user belongs to other organizations, too',
    fix: 'Ask the user to log in with a recovery code and to do it alone',
  },
  invitation_not_found: {
    status: 404,
    title: 'No such invitation, or it is used, revoked or over',
    fix: 'Ask an admin for a new one',
  },
  already_member: {
    status: 409,
    title: 'Somebody with this address is in this organization already',
    fix: 'List the users, and change their role where that is what you want',
  },
  organization_has_owner: {
    status: 409,
    title: 'The organization has an owner, who lets people in',
    fix: 'Ask an owner or admin for an invitation',
  },
  workspace_not_found: {
    status: 404,
    title: 'No such workspace',
    fix: 'List the workspaces to see which there are',
  },
  audit_event_not_found: {
    status: 404,
    title: 'No such audit event',
    fix: 'List the events to see which there are',
  },
})
