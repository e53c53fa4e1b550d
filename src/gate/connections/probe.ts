// Whether a code host accepts a token, asked before it is kept.
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { privateDirectory } from '../../platform/files.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import type { ProviderName } from '../scans/schema.ts'
import { probeRemote } from '../source/git/remote.ts'
import type { CreateConnection } from './schema.ts'

const timeoutMs = 10_000
const answerBytesMax = 65_536

/** Throws `connection_refused`, with what the host answered. */
export async function probeToken(platform: Platform, wanted: CreateConnection): Promise<void> {
  if (wanted.provider === 'git') return probeGit(platform, wanted)
  const { api } = platform.config.providers[wanted.provider]
  const answer = await ask(platform, `${api}/user`, authorization(wanted.provider, wanted))
  if (answer === 200) return
  throw errors.problem('connection_refused', { details: { status: answer } })
}

async function ask(platform: Platform, url: string, authorized: string): Promise<number> {
  try {
    const response = await platform.outbound.request({
      url,
      headers: { authorization: authorized, accept: 'application/json' },
      timeoutMs,
      bytesMax: answerBytesMax,
    })
    return response.status
  } catch (cause) {
    const { code = 'unreachable' } = cause as { code?: string }
    throw errors.problem('connection_refused', {
      message: 'The code host could not be asked',
      details: { reason: code },
      cause,
    })
  }
}

/** GitHub and GitLab take a bearer token; Bitbucket takes an app password with its user name. */
function authorization(
  provider: Exclude<ProviderName, 'git'>,
  { username, token }: CreateConnection,
): string {
  if (provider !== 'bitbucket' || username === undefined) return `Bearer ${token}`
  return `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`
}

async function probeGit(platform: Platform, wanted: CreateConnection): Promise<void> {
  const parent = join(platform.config.dataDir, 'work')
  await privateDirectory(parent)
  const scratchDir = await mkdtemp(join(parent, 'probe-'))
  try {
    await probeRemote({
      url: wanted.clone_url ?? '',
      scratchDir,
      token: wanted.token,
      tokenUser: wanted.username,
      timeoutMs,
      resolve: platform.outbound.resolve,
    })
  } catch (cause) {
    const { code = 'clone_failed', message } = cause as Error & { code?: string }
    throw errors.problem('connection_refused', { message, details: { reason: code }, cause })
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}
