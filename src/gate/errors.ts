// Gate's own entries of the error catalogue.
import { defineErrors } from '../platform/errors.ts'

export const errors = defineErrors({
  scan_not_found: {
    status: 404,
    title: 'No such scan',
    fix: 'List the scans to see which there are',
  },
  finding_not_found: {
    status: 404,
    title: 'No such finding',
    fix: 'List the findings to see which there are',
  },
  too_many_findings: {
    status: 400,
    title: 'The filters mean more findings than one request may change',
    fix: 'Narrow the filters, by severity or repository for instance, and send several requests',
  },
  connection_not_found: {
    status: 404,
    title: 'No such connection',
    fix: 'List the connections to see which there are',
  },
  connection_exists: {
    status: 409,
    title: 'There is a connection to this host already',
    fix: 'Delete that one first, or use it',
  },
  connection_refused: {
    status: 400,
    title: 'The code host did not accept the token',
    fix: 'Check the token, its scopes and its expiry, and create the connection again',
  },
  not_available: {
    status: 400,
    title: 'This is not available yet',
    fix: 'Use scan_type code',
  },
  provider_not_configured: {
    status: 400,
    title: 'This provider is not open on this installation',
    fix: 'Ask the operator to name the host in PANTHERA_GIT_HOSTS',
  },
  invalid_document: {
    status: 400,
    title: 'The document could not be imported',
    fix: 'Send SARIF 2.1.0 or CycloneDX JSON, optionally gzip-compressed',
  },
  scan_not_finished: {
    status: 409,
    title: 'The scan has no report yet',
    fix: 'Wait until its status is completed; a scan that failed has none',
  },
})
