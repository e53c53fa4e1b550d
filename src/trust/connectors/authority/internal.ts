// Our own certificate authority: a root, and below it an intermediate that signs.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { parseAlternativeNames } from '../../x509/alternative-name.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { namesNotAllowed } from '../../x509/chain/constraints.ts'
import { parseRequest } from '../../x509/csr.ts'
import { X509Error } from '../../x509/error.ts'
import { lintCertificate } from '../../x509/lint/run.ts'
import { commonName } from '../../x509/name.ts'
import { parseNameConstraint } from '../../x509/name-constraint.ts'
import { type Authority, issueLeaf, type Pointers } from '../../x509/profile.ts'
import { AcmeSettings } from './acme-server.ts'
import {
  type Answer,
  type AuthorityConnector,
  type AuthorityType,
  type Intent,
  type Order,
  Refused,
  type TestResult,
} from './contract.ts'

const constraintForm =
  'must look like dns:example.com, ip:10.0.0.0/8, email:example.com or uri:.example.com'
const days = (max: number) => z.int().min(1).max(max)
const text = z.string().trim().min(1).max(64)
const constraints = z.array(z.string().max(300).refine(constrains, constraintForm)).max(100)

/** What may change later; the rest is in certificates that are out in the world. */
const Changeable = z.strictObject({
  defaultValidityDays: days(3_650).default(90),
  maxValidityDays: days(3_650).default(397),
  crlHours: z.int().min(1).max(168).default(24).describe('How long a list of revocations holds'),
  statusUrl: z
    .string()
    .max(200)
    .refine(isPlace, 'must be an http or https URL without query and fragment')
    .optional()
    .describe('Where CRL and OCSP are reached, best over http; PANTHERA_PUBLIC_URL unless given'),
  acme: AcmeSettings.optional().describe('The ACME server of this authority'),
})

/** On a token the PIN alone may change. */
const KeySettings = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('software') }),
  z.strictObject({
    type: z.literal('pkcs11'),
    library: z.string().min(1).max(500).describe('One of PANTHERA_PKCS11_LIBRARIES'),
    tokenLabel: z.string().trim().min(1).max(32),
    pin: z.string().min(1).max(255).optional().describe('Sealed, and never shown again'),
  }),
])

export const InternalSettings = Changeable.extend({
  subject: z
    .strictObject({
      commonName: text.optional().describe('The name of the authority unless given'),
      organization: text.optional(),
      country: z
        .string()
        .regex(/^[A-Z]{2}$/, 'must be two capital letters, as in DE')
        .optional(),
    })
    .default({}),
  keyType: z.enum(['RSA', 'ECDSA', 'Ed25519']).default('ECDSA'),
  keySize: z.int().optional().describe('RSA 2048, 3072, 4096; ECDSA 256, 384'),
  keys: KeySettings.default({ type: 'software' }),
  rootValidityDays: days(9_125).default(3_650),
  intermediateValidityDays: days(9_125).default(1_825),
  nameConstraints: z
    .strictObject({ permitted: constraints.default([]), excluded: constraints.default([]) })
    .optional()
    .describe('As in dns:example.com, ip:10.0.0.0/8, email:example.com'),
}).refine((wanted) => wanted.intermediateValidityDays <= wanted.rootValidityDays, {
  path: ['intermediateValidityDays'],
  message: 'must not be more than rootValidityDays',
})
export type InternalSettings = z.infer<typeof InternalSettings>

export const changeableSettings: readonly string[] = Object.keys(Changeable.shape)
export const internalType: AuthorityType<InternalSettings> = {
  settings: InternalSettings,
  method: 'api',
  secrets: ['keys.pin'],
}

export interface InternalParts {
  settings: InternalSettings
  issuer: Authority
  root: Certificate
  pointers: Pointers
}

const dayMs = 86_400_000
/** Clocks of those who meet a certificate a second after its issue may be behind. */
const backdatedMs = 60_000

export function createInternalAuthority(parts: InternalParts): AuthorityConnector {
  const { settings, issuer } = parts
  const ends = issuer.certificate.validTo

  async function sign(order: Order, intent: Intent): Promise<Answer> {
    const { serial, validFrom, validTo } = Chosen.parse(intent)
    try {
      const certificate = await issueLeaf(
        {
          serialNumber: Buffer.from(serial, 'hex'),
          validFrom: new Date(validFrom),
          validTo: new Date(validTo),
          publicKeyInfo: parseRequest(order.csr).publicKey.der,
          subject: { CN: order.commonName },
          names: parseAlternativeNames(order.names),
          serverAuth: order.usages.includes('serverAuth'),
          clientAuth: order.usages.includes('clientAuth'),
          ...parts.pointers,
        },
        issuer,
      )
      check(certificate, parts)
      return { state: 'issued', certificate: certificate.der, chain: null }
    } catch (error) {
      if (error instanceof X509Error) throw new Refused(error.message, null, { cause: error })
      throw error
    }
  }

  return {
    async prepare(order, now) {
      const { daysMax, daysDefault } = bounds(now)
      if (daysMax < 1) throw new Refused(`its issuer ends on ${ends.toISOString()}: use another`)
      const wanted = order.validityDays ?? daysDefault
      if (wanted > daysMax) {
        throw new Refused(`must be at most ${daysMax}, the bound of this authority`, 'validityDays')
      }
      const from = Math.floor(now / 1_000) * 1_000
      return {
        serial: randomBytes(16).toString('hex'),
        validFrom: new Date(from - backdatedMs).toISOString(),
        // The last second counts (RFC 5280, section 4.1.2.5).
        validTo: new Date(from + wanted * dayMs - backdatedMs - 1_000).toISOString(),
      }
    },
    issue: sign,
    renew: sign,
    // Its lists and its responder read what is stored: storing it is revoking it.
    revoke: async () => undefined,
    test: (now) => tryOut(parts, now, bounds(now).daysMax),
    validity: bounds,
  }

  function bounds(now: number) {
    const left = Math.floor((issuer.certificate.validTo.getTime() - now) / dayMs)
    const daysMax = Math.max(0, Math.min(settings.maxValidityDays, left))
    return { daysMax, daysDefault: Math.min(settings.defaultValidityDays, daysMax) }
  }
}

async function tryOut(
  { issuer, settings }: InternalParts,
  now: number,
  daysMax: number,
): Promise<TestResult> {
  const ends = issuer.certificate.validTo
  const until = ends.toISOString()
  if (ends.getTime() <= now) return { ok: false, message: `its issuer has expired on ${until}` }
  if (daysMax < 1) return { ok: false, message: `its issuer ends on ${until}, within a day` }
  const probe = await issuer.signer.sign(randomBytes(32))
  const name = commonName(issuer.certificate.subject) ?? ''
  const isEnding = ends.getTime() - now < settings.defaultValidityDays * dayMs
  return {
    ok: probe.length > 0,
    message: isEnding
      ? `${name} signs, but only for ${daysMax} days: it ends on ${until}`
      : `${name} signs, and is valid until ${until}`,
  }
}

/** Before anybody gets it: one that is refused here never leaves. */
function check(certificate: Certificate, { issuer, root }: InternalParts): void {
  const above = [issuer.certificate, root].flatMap(({ says }) => says.nameConstraints ?? [])
  const [outside] = namesNotAllowed(certificate, above)
  if (outside !== undefined) throw new Refused(`${outside} by the authority's constraints`)
  const fault = lintCertificate(certificate, 'internal').find((one) => one.severity === 'error')
  if (fault !== undefined) throw new Refused(`${fault.name}: ${fault.says}`)
}

const Chosen = z.object({ serial: z.string(), validFrom: z.string(), validTo: z.string() })

function constrains(wanted: string): boolean {
  try {
    parseNameConstraint(wanted)
    return true
  } catch {
    return false
  }
}

function isPlace(address: string): boolean {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) return false
  return url.search === '' && url.hash === '' && url.username === '' && !address.endsWith('#')
}
