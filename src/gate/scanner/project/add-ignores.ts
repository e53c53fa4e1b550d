// Adds accepted findings to the text of a `panthera.yaml`, whose comments and order stay.
import { isSeq, parseDocument } from 'yaml'
import { readSettings } from './read-settings.ts'
import { settingsFile } from './settings.ts'

export interface NewIgnore {
  rule: string
  path?: string | undefined
  package?: string | undefined
  fingerprint?: string | undefined
  reason: string
  expires?: string | undefined
}

/**
 * `text` is null where there is no file yet.
 *
 * @throws {SettingsError} when it is wrong, or would be
 */
export function addIgnores(text: string | null, ignores: readonly NewIgnore[]): string {
  readSettings(text ?? '', settingsFile)
  const document = parseDocument(text ?? '')
  const entries = ignores.map(({ rule, path, package: name, fingerprint, reason, expires }) => {
    const all = { rule, path, package: name, fingerprint, reason, expires }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  })
  if (!isSeq(document.get('ignores'))) document.set('ignores', document.createNode([]))
  for (const entry of entries) document.addIn(['ignores'], document.createNode(entry))
  const list = document.get('ignores')
  if (isSeq(list)) list.flow = false
  const written = document.toString({ lineWidth: 100 })
  readSettings(written, settingsFile)
  return written
}
