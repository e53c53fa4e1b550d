// Trust's own entries of the error catalogue; the reference fixes the codes of the first six.
import { defineErrors } from '../platform/errors.ts'

export const errors = defineErrors({
  certificate_not_found: {
    status: 404,
    title: 'No such certificate',
    fix: 'List the certificates to see which there are',
  },
  invalid_certificate: {
    status: 400,
    title: 'The certificate cannot be read',
    fix: 'Send PEM: lines between BEGIN CERTIFICATE and END CERTIFICATE',
  },
  already_revoked: {
    status: 409,
    title: 'The certificate has already been revoked',
    fix: 'Nothing is left to do; renew it to get one that is valid',
  },
  renewal_in_progress: {
    status: 409,
    title: 'A renewal of the certificate is already in progress',
    fix: 'Wait until its renewalStatus changes, or read its renewals to see where it stands',
  },
  ca_not_configured: {
    status: 400,
    title: 'No certificate authority is configured for this',
    fix: 'Create one with POST /api/certificate-authorities, or name one that its list shows',
  },
  agent_unavailable: {
    status: 503,
    title: 'No agent is there that could deploy the certificate',
    fix: 'Download the certificate and install it by hand, or start an agent that has the target',
  },
  certificate_authority_not_found: {
    status: 404,
    title: 'No such certificate authority',
    fix: 'List the certificate authorities to see which there are',
  },
  certificate_authority_in_use: {
    status: 409,
    title: 'Certificates that are valid still depend on this authority',
    fix: 'Renew them with another authority, revoke them or wait until they have expired',
  },
  alert_channel_not_found: {
    status: 404,
    title: 'No such alert channel',
    fix: 'List the alert channels to see which there are',
  },
  alert_channel_in_use: {
    status: 409,
    title: 'Renewal policies send alerts to this channel by its name',
    fix: 'Take its name out of the notificationChannels of the policies that details name',
  },
  too_many_alert_channels: {
    status: 409,
    title: 'There are as many alert channels as there may be',
    fix: 'Delete one that is not needed',
  },
  too_many_agents: {
    status: 409,
    title: 'There are as many agents as there may be',
    fix: 'Revoke those that are not needed; a host keeps its agent by keeping its data folder',
  },
  rollover_not_possible: {
    status: 409,
    title: 'The authority cannot be given a new issuer',
    fix: 'Read details: only internal authorities whose root is still valid can, one at a time',
  },
  authority_unavailable: {
    status: 503,
    title: 'The authority cannot sign now',
    fix: 'Do what the message says, then try again; test tells whether it signs',
  },
  name_taken: {
    status: 409,
    title: 'The name is taken',
    fix: 'Choose another name',
  },
  certificate_refused: {
    status: 400,
    title: 'The authority does not issue such a certificate',
    fix: 'Change what details name',
  },
  private_key_not_held: {
    status: 409,
    title: 'The private key of this certificate is not here',
    fix: 'Ask without the private key: it is with the agent of keyLocation, or whoever asked',
  },
  not_waiting: {
    status: 409,
    title: 'No renewal of this certificate waits for a certificate',
    fix: 'Start one with POST /api/certificates/<id>/renew and {"method":"csr"}',
  },
  not_issued_yet: {
    status: 409,
    title: 'The certificate has not been issued yet',
    fix: 'Hand in what the authority signed with POST /api/certificates/<id>/certificate',
  },
  discovered_certificate_not_found: {
    status: 404,
    title: 'No such discovered certificate',
    fix: 'List the discovered certificates to see which there are',
  },
  certificate_exists: {
    status: 409,
    title: 'The certificate is managed already',
    fix: 'Use the one whose id stands in details',
  },
  renewal_policy_not_found: {
    status: 404,
    title: 'No such renewal policy',
    fix: 'List the renewal policies to see which there are',
  },
  renewal_policy_in_use: {
    status: 409,
    title: 'Certificates follow this renewal policy',
    fix: 'Take it off the certificates first',
  },
  alert_not_found: {
    status: 404,
    title: 'No such alert',
    fix: 'List the alerts to see which there are',
  },
  acme_account_not_found: {
    status: 404,
    title: 'No such ACME account',
    fix: 'List the accounts of the authority to see which there are',
  },
  acme_not_served: {
    status: 409,
    title: 'Only internal authorities have an ACME server',
    fix: 'Use an authority of type internal',
  },
  agent_not_found: {
    status: 404,
    title: 'No such agent',
    fix: 'List the agents to see which there are',
  },
  agent_not_accepted: {
    status: 401,
    title: 'The agent is not accepted',
    fix: 'See whether it was revoked, and whether its clock is right; else enrol it anew',
  },
  agent_name_taken: {
    status: 409,
    title: 'An agent of this name is enrolled already',
    fix: 'Choose another name, or revoke that agent first if this one takes its place',
  },
  agent_revoked: {
    status: 409,
    title: 'This agent was revoked',
    fix: 'Empty its data folder if it is to be enrolled anew, with keys of its own',
  },
  job_ended: {
    status: 409,
    title: 'The job is over',
    fix: 'Forget it and ask for the next',
  },
  deployment_target_not_found: {
    status: 404,
    title: 'No such deployment target',
    fix: 'List the deployment targets to see which there are',
  },
  deployment_target_in_use: {
    status: 409,
    title: 'A deployment to the target is under way',
    fix: 'Wait until it has ended, or cancel it',
  },
  deployment_not_found: {
    status: 404,
    title: 'No such deployment',
    fix: 'List the deployments of the certificate to see which there are',
  },
  deployment_in_progress: {
    status: 409,
    title: 'A deployment of the certificate to this target is under way',
    fix: 'Wait until it has ended, or read the deployments to see where it stands',
  },
  deployment_ended: {
    status: 409,
    title: 'The deployment has ended already',
    fix: 'Deploy the certificate again',
  },
  eab_key_not_found: {
    status: 404,
    title: 'No such key for external account binding',
    fix: 'List the keys of the authority to see which there are',
  },
})
