// An authority as something that issues: its row, its settings, and of internal ones the keys.
import { createPrivateKey } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Tx } from '../../platform/db.ts'
import type { Platform } from '../../platform/platform.ts'
import { createAcmeAuthority } from '../connectors/authority/acme/authority.ts'
import { createAcmeServers } from '../connectors/authority/acme/server.ts'
import { AcmeClientSettings } from '../connectors/authority/acme/settings.ts'
import type { AuthorityConnector } from '../connectors/authority/contract.ts'
import { createCsrAuthority } from '../connectors/authority/csr.ts'
import { createDigicertAuthority, DigicertSettings } from '../connectors/authority/digicert.ts'
import { createInternalAuthority, InternalSettings } from '../connectors/authority/internal.ts'
import { createSectigoAuthority } from '../connectors/authority/sectigo.ts'
import { SectigoSettings } from '../connectors/authority/sectigo-access.ts'
import { createTokenSigner } from '../pkcs11/signer.ts'
import { importPublicKey } from '../x509/algorithm.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Authority, Pointers } from '../x509/profile.ts'
import { createSoftwareSigner, type Signer, schemeOf } from '../x509/signer.ts'
import { accessOf, tokensOf } from './keys.ts'
import { wholeSettings } from './sealed-settings.ts'
import { type AuthorityRow, type CertificateRow, certificatesOf, findEver } from './store.ts'

/** One of the intermediates of an authority, which follow one another. */
export interface Issuer extends Authority {
  generation: number
}

export interface InternalKeys {
  /** The newest, which signs certificates. */
  issuer: Issuer
  /** All, the newest first: each answers for what it signed. */
  issuers: readonly Issuer[]
  root: Authority
}

export interface Authorities {
  connector(tx: Tx, row: AuthorityRow): Promise<AuthorityConnector>
  /** Of an internal authority. */
  keys(
    tx: Tx,
    row: Pick<AuthorityRow, 'organizationId' | 'id'>,
    options?: { fresh: boolean },
  ): Promise<InternalKeys>
}

/** Issuers that were unsealed stay in memory so long: they sign every certificate and list. */
const keysKept = { max: 200, ttl: 5_000 }

export function createAuthorities(platform: Platform): Authorities {
  const acme = { platform, servers: createAcmeServers(platform) }
  const known = new LRUCache<string, InternalKeys>(keysKept)

  async function keys(
    tx: Tx,
    row: Pick<AuthorityRow, 'organizationId' | 'id'>,
    { fresh } = { fresh: false },
  ) {
    const name = `${row.organizationId} ${row.id}`
    const hit = fresh ? undefined : known.get(name)
    if (hit !== undefined) return hit
    const read = await readKeys(platform, tx, row)
    known.set(name, read)
    return read
  }

  return {
    keys,
    async connector(tx, row) {
      if (row.type === 'csr') return createCsrAuthority()
      if (row.type === 'acme') {
        const settings = AcmeClientSettings.parse(wholeSettings(platform.secrets, row))
        return createAcmeAuthority({ ...acme, authority: row, settings })
      }
      if (row.type !== 'internal') return reachedByApi(platform, row.type, row)
      const settings = InternalSettings.parse(row.settings)
      const { issuer, root } = await keys(tx, row)
      const { generation } = issuer
      const pointers = pointersTo(platform.config.publicUrl, { ...row, settings }, generation)
      return createInternalAuthority({ settings, issuer, root: root.certificate, pointers })
    },
  }
}

async function readKeys(
  platform: Platform,
  tx: Tx,
  row: Pick<AuthorityRow, 'organizationId' | 'id'>,
): Promise<InternalKeys> {
  const rows = await certificatesOf(tx, row)
  const whole = rows.some(({ tokenKeyId }) => tokenKeyId !== null) ? await findEver(tx, row) : null
  const access = whole === null ? null : () => accessOf(settingsWithSecrets(platform, whole).keys)
  const signerOf = (found: CertificateRow, publicKeyInfo: Uint8Array): Signer => {
    if (found.tokenKeyId !== null && access !== null) {
      const key = { id: found.tokenKeyId, publicKeyInfo }
      return createTokenSigner(tokensOf(platform), key, access)
    }
    const unseal = () =>
      platform.secrets.open(found.sealedKey ?? Buffer.of(), keyPlace(row.organizationId, found.id))
    return found.role === 'root'
      ? createSealedSigner(publicKeyInfo, unseal)
      : createSoftwareSigner(importKey(unseal()))
  }
  const authorityOf = (found: CertificateRow): Authority => {
    const certificate = parseCertificate(found.der)
    return { certificate, signer: signerOf(found, certificate.publicKey.der) }
  }
  const issuers = rows
    .filter(({ role }) => role === 'intermediate')
    .toSorted((a, b) => b.generation - a.generation)
    .map((found) => ({ ...authorityOf(found), generation: found.generation }))
  const root = rows.find(({ role }) => role === 'root')
  const [issuer] = issuers
  if (issuer === undefined || root === undefined) {
    throw new Error(`authority ${row.id} lacks its root or its intermediate`)
  }
  return { issuer, issuers, root: authorityOf(root) }
}

function settingsWithSecrets({ secrets }: Platform, row: AuthorityRow): InternalSettings {
  return InternalSettings.parse(wholeSettings(secrets, row))
}

/** The key of a root signs a list now and then, and is in memory for that moment alone. */
function createSealedSigner(publicKeyInfo: Uint8Array, unseal: () => Buffer): Signer {
  const publicKey = importPublicKey(publicKeyInfo)
  if (publicKey === null) throw new Error('the key of a root cannot be read')
  return {
    algorithm: schemeOf(publicKey).algorithm,
    publicKeyInfo,
    async sign(bytes) {
      const pkcs8 = unseal()
      try {
        return await createSoftwareSigner(importKey(pkcs8)).sign(bytes)
      } finally {
        pkcs8.fill(0)
      }
    },
  }
}

export function importKey(pkcs8: Buffer) {
  return createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' })
}

/** Of those that are asked over the network. */
function reachedByApi(
  { secrets, outbound, now }: Platform,
  type: 'digicert' | 'sectigo',
  row: AuthorityRow,
): AuthorityConnector {
  const whole = wholeSettings(secrets, row)
  const around = { outbound, now }
  return type === 'digicert'
    ? createDigicertAuthority({ settings: DigicertSettings.parse(whole), ...around })
    : createSectigoAuthority({ settings: SectigoSettings.parse(whole), ...around })
}

/** The context under which a key of an authority is sealed. */
export function keyPlace(organizationId: string, certificateId: string): string {
  return `organization/${organizationId}/authority-key/${certificateId}`
}

/** Where relying parties ask: about what an intermediate signed, or the root. */
export function pointersTo(
  publicUrl: string,
  row: { token: string; settings: { statusUrl?: string | undefined } },
  signer: number | 'root' = 1,
): Required<Pointers> {
  const base = `${(row.settings.statusUrl ?? publicUrl).replace(/\/$/, '')}/trust`
  const name = signer === 1 ? row.token : `${row.token}-${signer}`
  return {
    crlUrls: [`${base}/crl/${name}.crl`],
    ocspUrls: signer === 'root' ? [] : [`${base}/ocsp/${row.token}`],
    issuerUrls: [`${base}/ca/${name}.crt`],
  }
}
