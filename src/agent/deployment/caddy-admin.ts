// Caddy's admin API: the configuration that it has is loaded again, whereby it reads its files.
import { request } from 'undici'
import { DeploymentFailure, oneLine } from './failure.ts'

const configurationMax = 16 << 20
const timeoutMs = 30_000
const times = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }

/** @throws {DeploymentFailure} where Caddy refuses; it goes on with what it had. */
export async function reloadCaddy(adminUrl: string): Promise<string> {
  const configuration = await call(adminUrl, 'GET', '/config/')
  if (configuration.trim() === 'null') {
    throw new DeploymentFailure(`Caddy at ${adminUrl} runs without a configuration`)
  }
  await call(adminUrl, 'POST', '/load', configuration)
  return `Caddy at ${adminUrl} has loaded its configuration again`
}

async function call(
  adminUrl: string,
  method: 'GET' | 'POST',
  path: string,
  body?: string,
): Promise<string> {
  const fail = (why: string) => new DeploymentFailure(oneLine(`Caddy at ${adminUrl} ${why}`))
  const headers = {
    'content-type': 'application/json',
    // Or Caddy would not look at the files, because its configuration is the same.
    'cache-control': 'must-revalidate',
  }
  try {
    const answer = await request(`${adminUrl}${path}`, {
      method,
      ...times,
      ...(body === undefined ? {} : { body, headers }),
    })
    let text = ''
    for await (const chunk of answer.body) {
      text += String(chunk)
      if (text.length > configurationMax) throw fail('answers more than is taken')
    }
    if (answer.statusCode !== 200) throw fail(`refuses (${answer.statusCode}): ${text}`)
    return text
  } catch (error) {
    if (error instanceof DeploymentFailure) throw error
    throw fail(`cannot be reached: ${(error as Error).message}`)
  }
}
