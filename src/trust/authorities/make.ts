// Makes the certificates of an internal authority, each with its key.
import { randomBytes } from 'node:crypto'
import type { InternalSettings } from '../connectors/authority/internal.ts'
import { keySpecOf } from '../key-spec.ts'
import type { Certificate } from '../x509/certificate.ts'
import { X509Error } from '../x509/error.ts'
import type { NameParts } from '../x509/name.ts'
import { parseNameConstraint } from '../x509/name-constraint.ts'
import { type Authority, issueIntermediate, issueRoot, type Pointers } from '../x509/profile.ts'
import type { KeptKey, KeyMaker } from './keys.ts'

export interface MadeCertificate extends KeptKey {
  role: 'root' | 'intermediate' | 'responder'
  /** Counts the intermediates of an authority. */
  generation: number
  certificate: Certificate
}

interface Around {
  now: number
  rootPointers: Pointers
  makeKey: KeyMaker
}

const dayMs = 86_400_000

/** The root signs intermediates, and its own lists of revocations; nothing else. */
export async function makeInternal(
  name: string,
  settings: InternalSettings,
  around: Around,
): Promise<MadeCertificate[]> {
  const { signer, ...kept } = await around.makeKey(specOf(settings))
  const validFrom = backdated(around.now)
  const certificate = await issueRoot(
    {
      subject: subject(settings, `${titleOf(name, settings).slice(0, 59)} Root`),
      serialNumber: randomBytes(16),
      validFrom,
      validTo: until(validFrom, settings.rootValidityDays),
      pathLength: 1,
    },
    signer,
  )
  const root = { certificate, signer }
  const generation = 1
  const below = await makeIntermediate({ name, settings, generation }, root, around)
  return [{ role: 'root', generation, certificate, ...kept }, below]
}

/**
 * The one that signs certificates. A later one has a name of its own, so that nobody takes one for
 * the other, and ends with the root at the latest.
 */
export async function makeIntermediate(
  wanted: { name: string; settings: InternalSettings; generation: number },
  root: Authority,
  around: Around,
): Promise<MadeCertificate> {
  const { settings, generation } = wanted
  const validFrom = backdated(around.now)
  const wished = until(validFrom, settings.intermediateValidityDays)
  const validTo = new Date(Math.min(wished.getTime(), root.certificate.validTo.getTime()))
  if (validTo.getTime() <= around.now) {
    throw new X509Error('not_allowed', `the root has ended on ${validTo.toISOString()}`)
  }
  const { signer, ...kept } = await around.makeKey(specOf(settings))
  const { permitted = [], excluded = [] } = settings.nameConstraints ?? {}
  const title = titleOf(wanted.name, settings)
  const certificate = await issueIntermediate(
    {
      subject: subject(settings, generation === 1 ? title : `${title.slice(0, 58)} G${generation}`),
      serialNumber: randomBytes(16),
      validFrom,
      validTo,
      pathLength: 0,
      nameConstraints: {
        permitted: permitted.map(parseNameConstraint),
        excluded: excluded.map(parseNameConstraint),
      },
      publicKeyInfo: signer.publicKeyInfo,
      ...around.rootPointers,
    },
    root,
  )
  return { role: 'intermediate', generation, certificate, ...kept }
}

function specOf(settings: InternalSettings) {
  return keySpecOf(settings, { type: 'settings.keyType', size: 'settings.keySize' })
}

function titleOf(name: string, { subject: { commonName } }: InternalSettings): string {
  return commonName ?? name
}

/** Clocks of those who meet it a second later may be behind. */
function backdated(now: number): Date {
  return new Date(Math.floor(now / 1_000) * 1_000 - 60_000)
}

function until(validFrom: Date, days: number): Date {
  return new Date(validFrom.getTime() + days * dayMs - 1_000)
}

function subject(settings: InternalSettings, CN: string): NameParts {
  const { country, organization } = settings.subject
  return {
    ...(country === undefined ? {} : { C: country }),
    ...(organization === undefined ? {} : { O: organization }),
    CN,
  }
}
