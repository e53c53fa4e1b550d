// What a client is told of a scan that failed.
import { DocumentError } from '../imports/document-error.ts'
import { CloneError } from '../source/git/clone-error.ts'

/** Known failures in their words, others without internals. */
export function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof CloneError) return { code: error.code, message: error.message }
  if (error instanceof DocumentError) return { code: 'invalid_document', message: error.message }
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  if (code === 'outbound_refused') {
    return { code: 'access_denied', message: 'The host of the repository may not be reached.' }
  }
  if (unresolved.test(code)) return { code: 'clone_failed', message: unknownHost }
  return { code: 'internal_error', message: 'The scan could not be finished. Start it again.' }
}

/** What git said, for the log alone. */
export function gitWords(error: unknown): { git?: string } {
  return error instanceof CloneError && error.gitSaid ? { git: error.gitSaid } : {}
}

/** Of the system's look-up, and of the guard that every outgoing request passes. */
const unresolved = /^(?:ENOTFOUND|ENODATA|ESERVFAIL|EAI_\w+|dns)$/
const unknownHost =
  'The host of the repository could not be found: check its name, and that this server can ' +
  'resolve it.'
