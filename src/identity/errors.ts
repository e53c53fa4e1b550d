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
    title: 'An organization keeps at least one owner who is not suspended',
    fix: 'Make somebody else an owner first, or activate one who is suspended',
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
  workspace_in_use: {
    status: 409,
    title: 'The workspace is the only one of the people named in details',
    fix: 'Put them into another workspace first; the default workspace cannot be deleted',
  },
  audit_event_not_found: {
    status: 404,
    title: 'No such audit event',
    fix: 'List the events to see which there are',
  },
  policy_not_found: {
    status: 404,
    title: 'No such policy',
    fix: 'List the policies to see which there are',
  },
  policy_version_not_found: {
    status: 404,
    title: 'The policy has no such version',
    fix: 'List the versions of the policy to see which there are',
  },
  invalid_policy: {
    status: 400,
    title: 'The policy cannot be compiled',
    fix: 'Correct what details name; POST /identity/v1/policies/validate checks without saving',
  },
  schema_refuses_policies: {
    status: 400,
    title: 'The schema refuses policies that are active; it was not saved',
    fix: 'Correct or deactivate the policies in details, or widen the schema',
  },
  policy_schema_not_found: {
    status: 404,
    title: 'The organization has no schema of its policies',
    fix: 'Save one with PUT /identity/v1/policies/schema',
  },
  policy_changed: {
    status: 409,
    title: 'Somebody else changed the policy meanwhile',
    fix: 'Read the policy again and repeat the change on the version in details',
  },
  policy_has_links: {
    status: 409,
    title: 'The policy is a template whose slots are filled by others',
    fix: 'Change or delete the policies in details first, or keep the template with its slots',
  },
  not_a_template: {
    status: 400,
    title: 'The policy has no slots that others could fill',
    fix: 'Name a policy whose Cedar has ?principal or ?resource in its head',
  },
  too_many_policies: {
    status: 409,
    title: 'The organization has as many policies as one can have',
    fix: 'Delete policies that are no longer needed, or put several into one',
  },
  decision_not_found: {
    status: 404,
    title: 'No such decision',
    fix: 'List the decisions to see which there are; old ones are forgotten after the retention',
  },
  principal_not_found: {
    status: 404,
    title: 'No such principal',
    fix: 'List the principals to see which there are',
  },
  principal_exists: {
    status: 409,
    title: 'Its source has a principal of this external_id already',
    fix: 'Search for it and change it, or leave external_id out',
  },
  principal_terminated: {
    status: 409,
    title: 'The principal is terminated, which is final',
    fix: 'Create another principal',
  },
  principal_is_member: {
    status: 409,
    title: 'The principal is a member of the organization',
    fix: 'Suspend it, or take the person out of the organization, which terminates it',
  },
  principal_not_agent: {
    status: 409,
    title: 'Only AI agents have keys of their own and tokens that are bound to a task',
    fix: 'Name a principal of the type AI_AGENT',
  },
  principal_not_active: {
    status: 409,
    title: 'The principal, or an owner of it, is suspended or terminated',
    fix: 'Activate what details name, where it is suspended',
  },
  principal_has_no_key: {
    status: 409,
    title: 'The principal has no key that holds, of which a token could come',
    fix: 'Switch its key on, or give it one with POST /identity/v1/principals/{id}/keys',
  },
  resource_not_found: {
    status: 404,
    title: 'No such resource',
    fix: 'List the resources to see which there are',
  },
})
