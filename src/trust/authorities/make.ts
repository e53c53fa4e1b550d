// Makes the two certificates of an internal authority, each with its key.
import { createPrivateKey, randomBytes } from 'node:crypto'
import { makeKey } from '../certificates/private-keys.ts'
import type { InternalSettings } from '../connectors/authority/internal.ts'
import { keySpecOf } from '../key-spec.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { NameParts } from '../x509/name.ts'
import { parseNameConstraint } from '../x509/name-constraint.ts'
import { issueIntermediate, issueRoot, type Pointers } from '../x509/profile.ts'
import { createSoftwareSigner } from '../x509/signer.ts'

export interface MadeCertificate {
  role: 'root' | 'intermediate' | 'responder'
  certificate: Certificate
  /** PKCS #8, DER. */
  key: Buffer
}

const dayMs = 86_400_000

/** The root signs the intermediate, and its own lists of revocations; nothing else. */
export async function makeInternal(
  name: string,
  settings: InternalSettings,
  around: { now: number; rootPointers: Pointers },
): Promise<MadeCertificate[]> {
  const spec = keySpecOf(settings, { type: 'settings.keyType', size: 'settings.keySize' })
  const [rootKey, key] = await Promise.all([makeKey(spec), makeKey(spec)])
  const validFrom = new Date(Math.floor(around.now / 1_000) * 1_000 - 60_000)
  const until = (days: number) => new Date(validFrom.getTime() + days * dayMs - 1_000)
  const title = settings.subject.commonName ?? name
  const { permitted = [], excluded = [] } = settings.nameConstraints ?? {}
  const signer = createSoftwareSigner(rootKey)
  const root = await issueRoot(
    {
      subject: subject(settings, `${title.slice(0, 59)} Root`),
      serialNumber: randomBytes(16),
      validFrom,
      validTo: until(settings.rootValidityDays),
      pathLength: 1,
    },
    signer,
  )
  const intermediate = await issueIntermediate(
    {
      subject: subject(settings, title),
      serialNumber: randomBytes(16),
      validFrom,
      validTo: until(settings.intermediateValidityDays),
      pathLength: 0,
      nameConstraints: {
        permitted: permitted.map(parseNameConstraint),
        excluded: excluded.map(parseNameConstraint),
      },
      publicKeyInfo: createSoftwareSigner(key).publicKeyInfo,
      ...around.rootPointers,
    },
    { certificate: root, signer },
  )
  return [
    { role: 'root', certificate: root, key: exported(rootKey) },
    { role: 'intermediate', certificate: intermediate, key: exported(key) },
  ]
}

function subject(settings: InternalSettings, CN: string): NameParts {
  const { country, organization } = settings.subject
  return {
    ...(country === undefined ? {} : { C: country }),
    ...(organization === undefined ? {} : { O: organization }),
    CN,
  }
}

function exported(key: Parameters<typeof createSoftwareSigner>[0]): Buffer {
  return key.export({ type: 'pkcs8', format: 'der' })
}

export function importKey(pkcs8: Buffer) {
  return createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' })
}
