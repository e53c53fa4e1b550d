// Fetches a zip of advisories from where the user says.
import {
  createOutbound,
  InvalidCidr,
  OutboundFailed,
  OutboundRefused,
} from '../../../platform/outbound/index.ts'
import { AdvisoryInputError } from './input-error.ts'
import { type SourceLimits, sourceLimits } from './limits.ts'

export function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source)
}

/**
 * Over https://, or http:// to this machine. Other machines of a private network only where
 * PANTHERA_OUTBOUND_ALLOW_CIDRS opens it, as for all outbound requests.
 *
 * @throws {AdvisoryInputError}
 */
export async function download(
  url: string,
  env: NodeJS.ProcessEnv,
  limits: SourceLimits = sourceLimits,
): Promise<Buffer> {
  const setting = 'PANTHERA_OUTBOUND_ALLOW_CIDRS'
  const allowed = (env[setting] ?? '').split(',').map((each) => each.trim())
  const allowCidrs = [...loopback, ...allowed.filter((each) => each !== '')]
  try {
    const outbound = createOutbound({ allowCidrs, setting, userAgent: 'panthera' })
    try {
      const { status, body } = await outbound.request({
        url,
        timeoutMs: limits.downloadMs,
        bytesMax: limits.zipBytesMax,
        overflow: 'fail',
      })
      if (status !== 200) throw new AdvisoryInputError(`${url} answered with status ${status}`)
      return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    } finally {
      await outbound.close()
    }
  } catch (error) {
    if (error instanceof OutboundFailed || error instanceof OutboundRefused) {
      throw new AdvisoryInputError(`${url}: ${error.message}`)
    }
    if (error instanceof InvalidCidr) throw new AdvisoryInputError(`${setting}: ${error.message}`)
    throw error
  }
}

const loopback = ['127.0.0.0/8', '::1/128']
