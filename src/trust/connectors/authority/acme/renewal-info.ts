// When the authority says that a certificate is best renewed (RFC 9773). Advice, and no more: what
// goes wrong with it keeps nobody from a certificate.
import { z } from 'zod'
import { parseCertificate } from '../../../x509/certificate.ts'
import { X509Error } from '../../../x509/error.ts'
import type { Advice } from '../contract.ts'
import type { AcmeContext } from './context.ts'

const Info = z.object({
  suggestedWindow: z.object({
    start: z.iso.datetime({ offset: true }),
    end: z.iso.datetime({ offset: true }),
  }),
})

/** Bounds of how soon a server is asked again. */
const retryMs = { min: 60_000, usual: 6 * 3_600_000, max: 24 * 3_600_000 }

/** Section 4.1; null where the certificate does not say which key signed it. */
export function certificateName(der: Uint8Array): string | null {
  try {
    const { says, serialBytes } = parseCertificate(der)
    const keyId = says.authorityKeyId?.keyId
    if (!keyId?.length) return null
    const parts = [keyId, serialBytes].map((bytes) => Buffer.from(bytes).toString('base64url'))
    return parts.join('.')
  } catch (error) {
    if (error instanceof X509Error) return null
    throw error
  }
}

/** Throws what asking may throw. */
export async function readAdvice(
  { server, settings, platform }: AcmeContext,
  certificate: Uint8Array,
): Promise<Advice | null> {
  const name = certificateName(certificate)
  if (!settings.renewalInfo || name === null) return null
  const { renewalInfo } = await server.directory()
  if (renewalInfo === undefined) return null
  const answer = await server.get(`${renewalInfo.replace(/\/$/, '')}/${name}`)
  const { suggestedWindow } = Info.parse(answer.json)
  const [from, to] = [Date.parse(suggestedWindow.start), Date.parse(suggestedWindow.end)]
  if (!(from < to)) return null
  const asked = answer.retryAfterMs === 0 ? retryMs.usual : answer.retryAfterMs
  const retryAfterMs = Math.min(Math.max(asked, retryMs.min), retryMs.max)
  platform.log.debug({ from: suggestedWindow.start, to: suggestedWindow.end }, 'renewal advice')
  return { from, to, retryAfterMs }
}
