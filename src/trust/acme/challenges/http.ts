// http-01 (RFC 8555 §8.3): the key authorization stands in a file on the host's web server.
import { isIPv6 } from 'node:net'
import { connection, connectionProblem, excerpt, incorrect, type Validate } from './challenge.ts'

const bytesMax = 4_096
const timeoutMs = 10_000
const redirectsMax = 5

export const validateHttp: Validate = async (task, { outbound }) => {
  const { identifier, token, settings, signal } = task
  const host = isIPv6(identifier.value) ? `[${identifier.value}]` : identifier.value
  const port = settings.httpPort === 80 ? '' : `:${settings.httpPort}`
  const url = `http://${host}${port}/.well-known/acme-challenge/${token}`
  try {
    const { status, body } = await outbound.request({
      url,
      bytesMax,
      timeoutMs,
      redirectsMax,
      signal,
    })
    if (status !== 200) throw connection(`${url} answered with status ${status}`)
    const found = Buffer.from(body).toString('latin1').trimEnd()
    if (found === task.keyAuthorization) return
    throw incorrect(`${url} holds ${excerpt(found)}, not the key authorization`)
  } catch (error) {
    throw connectionProblem(error)
  }
}
