// An authority as something that issues: its row, its settings, and of internal ones the keys.
import { LRUCache } from 'lru-cache'
import type { Tx } from '../../platform/db.ts'
import type { Platform } from '../../platform/platform.ts'
import type { AuthorityConnector } from '../connectors/authority/contract.ts'
import { createCsrAuthority } from '../connectors/authority/csr.ts'
import { createInternalAuthority, InternalSettings } from '../connectors/authority/internal.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Authority, Pointers } from '../x509/profile.ts'
import { createSoftwareSigner } from '../x509/signer.ts'
import { importKey } from './make.ts'
import { type AuthorityRow, certificatesOf } from './store.ts'

export interface InternalKeys {
  issuer: Authority
  root: Authority
}

export interface Authorities {
  connector(tx: Tx, row: AuthorityRow): Promise<AuthorityConnector>
  /** Of an internal authority. */
  keys(tx: Tx, row: Pick<AuthorityRow, 'organizationId' | 'id'>): Promise<InternalKeys>
}

/** Keys that were unsealed once stay in memory: they sign every certificate, list and answer. */
const keysKept = 200

export function createAuthorities(platform: Platform): Authorities {
  const known = new LRUCache<string, InternalKeys>({ max: keysKept })

  async function keys(tx: Tx, row: Pick<AuthorityRow, 'organizationId' | 'id'>) {
    const name = `${row.organizationId} ${row.id}`
    const hit = known.get(name)
    if (hit !== undefined) return hit
    const rows = await certificatesOf(tx, row)
    const authorityOf = (role: 'root' | 'intermediate'): Authority => {
      const found = rows.find((each) => each.role === role)
      if (found === undefined) throw new Error(`authority ${row.id} has no ${role}`)
      const pkcs8 = platform.secrets.open(found.sealedKey, keyPlace(row.organizationId, found.id))
      const signer = createSoftwareSigner(importKey(pkcs8))
      return { certificate: parseCertificate(found.der), signer }
    }
    const read = { issuer: authorityOf('intermediate'), root: authorityOf('root') }
    known.set(name, read)
    return read
  }

  return {
    keys,
    async connector(tx, row) {
      if (row.type === 'csr') return createCsrAuthority()
      const settings = InternalSettings.parse(row.settings)
      const { issuer, root } = await keys(tx, row)
      const pointers = pointersTo(platform.config.publicUrl, { ...row, settings })
      return createInternalAuthority({ settings, issuer, root: root.certificate, pointers })
    },
  }
}

/** The context under which a key of an authority is sealed. */
export function keyPlace(organizationId: string, certificateId: string): string {
  return `organization/${organizationId}/authority-key/${certificateId}`
}

/** Where relying parties ask; `root` for what the root itself signed. */
export function pointersTo(
  publicUrl: string,
  row: { token: string; settings: { statusUrl?: string | undefined } },
  signer: 'intermediate' | 'root' = 'intermediate',
): Required<Pointers> {
  const base = `${(row.settings.statusUrl ?? publicUrl).replace(/\/$/, '')}/trust`
  const name = signer === 'root' ? `${row.token}-root` : row.token
  return {
    crlUrls: [`${base}/crl/${name}.crl`],
    ocspUrls: signer === 'root' ? [] : [`${base}/ocsp/${name}`],
    issuerUrls: [`${base}/ca/${name}.crt`],
  }
}
