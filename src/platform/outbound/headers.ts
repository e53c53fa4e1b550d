// The headers of a request, without those that belong to the connection and not to the caller.
import { OutboundRefused } from './errors.ts'

/** Names in lower case, with a user agent; throws OutboundRefused. */
export function checkedHeaders(
  headers: Readonly<Record<string, string>>,
  userAgent: string,
): Record<string, string> {
  const checked: Record<string, string> = { 'user-agent': userAgent }
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    // Host would reach another virtual host than the URL says; the others break the framing.
    if (connectionHeaders.has(lower)) {
      throw new OutboundRefused('invalid_request', `The header ${lower} cannot be set`)
    }
    checked[lower] = value
  }
  return checked
}

const connectionHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
