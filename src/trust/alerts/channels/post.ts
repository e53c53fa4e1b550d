// A letter as JSON over HTTPS, and what its answer means.
import { OutboundFailed, OutboundRefused } from '../../../platform/outbound/index.ts'
import { NotSent, type Ways } from './contract.ts'

const timeoutMs = 15_000
/** Read and dropped, so that the connection can be used again; more cuts it. */
const answerBytesMax = 65_536
/** A body that they will never take, whatever is sent after it. */
const unacceptable: readonly number[] = [400, 413, 415, 422]

interface Post {
  url: string
  body: string
  headers?: Record<string, string>
}

/** Throws NotSent, with no more of the answer than its status: it may be somebody else's page. */
export async function post({ url, body, headers = {} }: Post, ways: Ways): Promise<void> {
  const answer = await ask(
    { url, body, headers: { 'content-type': 'application/json', ...headers } },
    ways,
  )
  const { status } = answer
  if (status >= 200 && status < 300) return
  throw new NotSent(`it answered with status ${status}`, {
    affects: unacceptable.includes(status) ? 'notices' : 'channel',
    retryAfterMs: retryAfterMs(answer.headers['retry-after']),
  })
}

async function ask(request: Required<Post>, { outbound, signal }: Ways) {
  try {
    return await outbound.request({
      ...request,
      method: 'POST',
      timeoutMs,
      bytesMax: answerBytesMax,
      overflow: 'cut',
      signal,
    })
  } catch (error) {
    if (error instanceof OutboundFailed || error instanceof OutboundRefused) {
      throw new NotSent(error.message, {})
    }
    throw error
  }
}

const hourMs = 3_600_000

/** Of seconds, as RFC 9110, section 10.2.3 has them; dates are not worth the trouble. */
function retryAfterMs(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string' || !/^\d{1,6}$/.test(header)) return null
  return Math.min(Number(header) * 1_000, hourMs)
}
