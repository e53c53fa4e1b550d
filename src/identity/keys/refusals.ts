// Writes down that a key of the organization was refused: somebody still uses, or has found, what
// was ended.
import type { NoteRefused } from '../../platform/audit/refusals.ts'
import type { KnownKey } from './store.ts'

export type Reason = 'switched_off' | 'expired' | 'revoked' | 'address' | 'principal'

export type NoteRefusal = (key: KnownKey, reason: Reason, address: string) => void

export function noteRefusals(note: NoteRefused): NoteRefusal {
  return ({ organization_id: organizationId, id, name }, reason, address) => {
    const caller = { organizationId, actor: { kind: 'key', id, name } as const }
    const what = { action: 'key.refused', objectType: 'key', objectId: id, reason }
    note({ caller, address, requestId: null }, what)
  }
}
