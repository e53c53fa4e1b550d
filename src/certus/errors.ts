// Certus's own entries of the error catalogue.
import { defineErrors } from '../platform/errors.ts'

export const errors = defineErrors({
  invalid_seal: {
    status: 400,
    title: 'The seal does not hold for what was sent; nothing was stored',
    fix: 'Make signed_hash again: HMAC-SHA-256, RFC 8785, the evidence secret of the same key',
  },
  no_evidence_secret: {
    status: 400,
    title: 'These credentials have no evidence secret',
    fix: 'Send the pack with an API key of Certus; its secret was shown when the key was made',
  },
  evidence_pack_exists: {
    status: 409,
    title: 'An evidence pack of this id with other content is stored already',
    fix: 'Give the new pack an evidence_pack_id of its own; what is stored never changes',
  },
  evidence_pack_not_found: {
    status: 404,
    title: 'No such evidence pack',
    fix: 'List the evidence to see which there are',
  },
  not_configured: {
    status: 503,
    title: 'This installation does not know the service',
    fix: 'Ask who operates it to set the variables named in details, and restart it',
  },
  invalid_signature: {
    status: 401,
    title: 'The delivery is not signed with the secret of this webhook',
    fix: 'Enter the same secret at the code host and here',
  },
  code_host_link_not_found: {
    status: 404,
    title: 'No such link to a code host',
    fix: 'List the links to see which there are',
  },
  invalid_state: {
    status: 400,
    title: 'The installation was not begun here, or too long ago',
    fix: 'Ask for the address of the installation again, and open it in the same browser',
  },
  installation_not_yours: {
    status: 403,
    title: 'Nothing shows that the installation is yours',
    fix: 'As an owner at GitHub, install the app from the address that this organization is given',
  },
  installation_taken: {
    status: 409,
    title: 'The installation belongs to an organization already',
    fix: 'Remove it there first, or uninstall the app and install it anew',
  },
  code_host_unavailable: {
    status: 503,
    title: 'The code host could not be asked',
    fix: 'Try again in a minute; details say what it answered',
  },
  quota_exhausted: {
    status: 429,
    title: 'The plan allows no more scans this month',
    fix: 'Wait until the quota resets, or move the organization to a larger plan',
  },
  log_damaged: {
    status: 503,
    title: 'The log is not the one that was signed last; nothing was stored',
    fix: 'Restore evidence_logs and evidence_log_tiles from a backup; details say what differs',
  },
  evidence_damaged: {
    status: 500,
    title: 'What is stored of this evidence is damaged',
    fix: 'Restore what details name from a backup; reading the pack says what does not hold',
  },
  framework_not_found: {
    status: 404,
    title: 'No such framework',
    fix: 'List the frameworks to see which there are',
  },
  log_is_empty: {
    status: 404,
    title: 'The log has no entries yet',
    fix: 'Submit a first evidence pack',
  },
  tile_not_found: {
    status: 404,
    title: 'The log has no such tile',
    fix: 'Read the checkpoint first: its size says which tiles there are',
  },
  evidence_removed: {
    status: 410,
    title: 'The evidence pack was removed when its time was over',
    fix: 'Check a proof that was kept against log_index and leaf_hash in details',
  },
  entries_removed: {
    status: 410,
    title: 'Entries of this tile were removed when their time was over',
    fix: 'Take the leaf hashes from details or from the tile of level 0; proofs hold as before',
  },
  person_needed: {
    status: 403,
    title: 'Nobody can tell which person stands behind these credentials',
    fix: 'Log in, or use a key that a person made while logged in',
  },
  second_person_needed: {
    status: 403,
    title: 'Who asked for an exception does not decide it, nor does a key that they made',
    fix: 'Have another person approve or reject it',
  },
  exception_exists: {
    status: 409,
    title: 'An exception for this finding is requested or in force already',
    fix: 'List the exceptions of the repository; revoke the one that stands to ask for another',
  },
  exception_not_found: {
    status: 404,
    title: 'No such exception',
    fix: 'List the exceptions to see which there are',
  },
  exception_not_open: {
    status: 409,
    title: 'The exception is decided or over',
    fix: 'Read its state; ask for another exception where one is needed again',
  },
  auditor_link_invalid: {
    status: 401,
    title: 'The link is unknown, revoked or past its end',
    fix: 'Ask whoever gave it to you for another one',
  },
  auditor_link_not_found: {
    status: 404,
    title: 'No such auditor link',
    fix: 'List the links to see which there are',
  },
  hold_not_found: {
    status: 404,
    title: 'No such legal hold',
    fix: 'Read the retention to see which holds there are',
  },
  hold_released: {
    status: 409,
    title: 'The legal hold is released already',
    fix: 'Set another one where it is needed again',
  },
  blueprint_not_found: {
    status: 404,
    title: 'No such blueprint',
    fix: 'List the blueprints to see which there are',
  },
  pdf_unavailable: {
    status: 503,
    title: 'This server has no Chromium to make a PDF with',
    fix: 'Install chromium on it, or take the HTML report and print that',
  },
  pdf_failed: {
    status: 503,
    title: 'Chromium made no PDF of this report',
    fix: 'Try again, or take the HTML report and print that; the log says what it told',
  },
  pdf_busy: {
    status: 503,
    title: 'Other reports are being made into PDF',
    fix: 'Try again after the seconds in Retry-After, or take the HTML report',
  },
})
