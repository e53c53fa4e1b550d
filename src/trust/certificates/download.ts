// Hands out a certificate as a file; its private key only to who has the right to take it.
import { randomBytes } from 'node:crypto'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { common } from '../../platform/errors.ts'
import { reachOf } from '../../platform/http/reach.ts'
import type { Streamed } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { holds } from '../../platform/permissions.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { pemOf } from '../pem-text.ts'
import { writePkcs12 } from '../x509/pkcs12/write.ts'
import { chainOfVersion } from './detail.ts'
import { mustFind } from './issue.ts'
import { openKey } from './private-keys.ts'
import type { downloadFormats } from './schema.ts'
import * as store from './store.ts'
import { versionInForce } from './versions.ts'

export interface WantedDownload {
  id: number
  format: (typeof downloadFormats)[number]
  privateKey: boolean
  passphrase: string | null
}

const passphraseMin = 8
const passphraseMax = 256
const keyRight = 'export:private_keys'

export async function downloadCertificate(
  trust: Trust,
  origin: Origin,
  wanted: WantedDownload,
): Promise<Streamed> {
  const { organizationId } = origin.caller
  checkWish(origin, wanted)
  const { secrets, db } = trust.platform
  return db.inTenant(organizationId, async (tx) => {
    const reach = reachOf(origin.caller)
    if ((await store.find(tx, reach, wanted.id)) === null) {
      throw errors.problem('certificate_not_found')
    }
    const { commonName, fingerprint } = await mustFind(tx, origin, wanted.id)
    const version = await versionInForce(tx, { organizationId, certificateId: wanted.id })
    if (version === null) throw errors.problem('not_issued_yet')
    const chain = await chainOfVersion(trust, tx, organizationId, version)
    if (!wanted.privateKey) return file(wanted, commonName, { der: version.der, chain, key: null })
    if (version.sealedKey === null) throw errors.problem('private_key_not_held')
    const key = openKey(secrets, organizationId, version.sealedKey)
    await appendAudit(tx, origin, {
      action: 'certificate.private_key_downloaded',
      objectType: 'certificate',
      objectId: String(wanted.id),
      details: { commonName, fingerprint, format: wanted.format },
    })
    return file(wanted, commonName, { der: version.der, chain, key })
  })
}

function checkWish({ caller }: Origin, { format, privateKey, passphrase }: WantedDownload): void {
  const isPem = format === 'pem' || format === 'fullchain'
  if (privateKey && !isPem && format !== 'p12') {
    throw invalidField('privateKey', 'comes with the formats pem, fullchain and p12 only')
  }
  const { length } = passphrase ?? ' '.repeat(passphraseMin)
  if (length < passphraseMin || length > passphraseMax) {
    throw invalidField('X-Passphrase', `must have ${passphraseMin} to ${passphraseMax} characters`)
  }
  if (format === 'p12' && passphrase === null) {
    throw invalidField('X-Passphrase', 'is a header that p12 needs')
  }
  if (privateKey && !holds(caller.scopes, keyRight)) {
    throw common.problem('forbidden', { details: { scope: keyRight } })
  }
}

interface Contents {
  der: Buffer
  chain: readonly Uint8Array[]
  key: ReturnType<typeof openKey> | null
}

const pemType = 'application/x-pem-file'

async function file(
  wanted: WantedDownload,
  commonName: string,
  contents: Contents,
): Promise<Streamed> {
  const { der, chain, key } = contents
  const name = fileName(commonName)
  const { passphrase } = wanted
  if (wanted.format === 'der') return streamed('application/pkix-cert', `${name}.cer`, der)
  if (wanted.format === 'p12') {
    const parts = { certificates: [der, ...chain], privateKey: key, alias: commonName }
    const closing = { password: passphrase ?? '', random: randomBytes }
    const bytes = await writePkcs12(parts, closing)
    return streamed('application/x-pkcs12', `${name}.p12`, bytes)
  }
  if (wanted.format === 'chain') return streamed(pemType, `${name}.chain.pem`, pemOf(chain))
  const certificates = pemOf(wanted.format === 'fullchain' ? [der, ...chain] : [der])
  return streamed(pemType, `${name}.pem`, certificates + keyText(key, passphrase))
}

function keyText(key: Contents['key'], passphrase: string | null): string {
  if (key === null) return ''
  const form = { type: 'pkcs8', format: 'pem' } as const
  if (passphrase === null) return key.export(form).toString()
  return key.export({ ...form, cipher: 'aes-256-cbc', passphrase }).toString()
}

/** Nothing in it but what every file system takes. */
function fileName(commonName: string): string {
  const plain = commonName
    .replace(/^\*/, 'wildcard')
    .replaceAll(/[^\w.-]+/g, '-')
    .slice(0, 100)
  return plain === '' ? 'certificate' : plain
}

function streamed(contentType: string, name: string, body: string | Uint8Array): Streamed {
  return { contentType, fileName: name, body: whole(body) }
}

async function* whole(body: string | Uint8Array) {
  yield body
}
