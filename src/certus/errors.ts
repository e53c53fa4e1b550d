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
})
