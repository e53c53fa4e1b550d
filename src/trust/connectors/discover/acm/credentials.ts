// Credentials for AWS as its own tools find them: the environment, the shared file, the role of a
// container, the role of an instance.
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { AwsCredentials } from '../../aws-signature.ts'
import { DiscoveryRefused } from '../contract.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** @throws {DiscoveryRefused} where there are none. */
export async function findAwsCredentials(env: Environment): Promise<AwsCredentials> {
  const found =
    fromEnvironment(env) ??
    (await fromFile(env)) ??
    (await fromContainer(env)) ??
    (await fromInstance(env))
  if (found !== null) return found
  throw new DiscoveryRefused(
    'there are no credentials for AWS',
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role.',
  )
}

function fromEnvironment(env: Environment): AwsCredentials | null {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env
  if (!id || !secret) return null
  return { accessKeyId: id, secretAccessKey: secret, sessionToken: token || null }
}

const fileMax = 1_048_576

async function fromFile(env: Environment): Promise<AwsCredentials | null> {
  const path = env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials')
  const content = await readFile(path, 'utf8').catch(() => '')
  const profile = env.AWS_PROFILE ?? 'default'
  const values = sectionOf(content.slice(0, fileMax), profile)
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token } = values
  if (!id || !secret) return null
  return { accessKeyId: id, secretAccessKey: secret, sessionToken: aws_session_token || null }
}

function sectionOf(content: string, name: string): Record<string, string> {
  const values: Record<string, string> = {}
  let section = ''
  for (const line of content.split(/\r?\n/)) {
    section = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1] ?? section
    const [, key, value] = /^\s*(aws_\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? []
    if (section === name && key !== undefined && value !== undefined) values[key] = value
  }
  return values
}

/** Fixed by AWS: link-local, so that nothing but this machine's host answers. */
const containerOrigin = 'http://169.254.170.2'
/** What else AWS lets give credentials over plain HTTP: pods of EKS, and this machine itself. */
const containerHosts = new Set(['169.254.170.2', '169.254.170.23', '127.0.0.1', '[::1]'])
const instanceOrigin = 'http://169.254.169.254'
const timeoutMs = 1000
const answerMax = 65_536

const Answer = z.object({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().min(1),
})

async function fromContainer(env: Environment): Promise<AwsCredentials | null> {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path = '' } = env
  if (path.startsWith('/')) return credentialsIn(await ask(`${containerOrigin}${path}`, 'GET', {}))
  const url = env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? ''
  if (!URL.canParse(url) || !containerHosts.has(new URL(url).hostname)) return null
  const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
  const read = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '')
  const token = read.trim() || env.AWS_CONTAINER_AUTHORIZATION_TOKEN
  return credentialsIn(await ask(url, 'GET', token === undefined ? {} : { authorization: token }))
}

/** By version 2 of the metadata service alone: version 1 is what forged requests reach. */
async function fromInstance(env: Environment): Promise<AwsCredentials | null> {
  if (env.AWS_EC2_METADATA_DISABLED === 'true') return null
  const origin = env.AWS_EC2_METADATA_SERVICE_ENDPOINT?.replace(/\/+$/, '') ?? instanceOrigin
  const life = { 'x-aws-ec2-metadata-token-ttl-seconds': '300' }
  const token = await ask(`${origin}/latest/api/token`, 'PUT', life)
  if (token === null) return null
  const headers = { 'x-aws-ec2-metadata-token': token }
  const place = `${origin}/latest/meta-data/iam/security-credentials/`
  const role = (await ask(place, 'GET', headers))?.split('\n')[0]?.trim()
  if (!role) return null
  return credentialsIn(await ask(place + encodeURIComponent(role), 'GET', headers))
}

function credentialsIn(text: string | null): AwsCredentials | null {
  try {
    const answer = Answer.parse(JSON.parse(text ?? ''))
    return {
      accessKeyId: answer.AccessKeyId,
      secretAccessKey: answer.SecretAccessKey,
      sessionToken: answer.Token,
    }
  } catch {
    return null
  }
}

/** Null for anything but 200. Not by the guard of requests, which closes link-local. */
function ask(
  url: string,
  method: 'GET' | 'PUT',
  headers: Record<string, string>,
): Promise<string | null> {
  if (!URL.canParse(url) || !url.startsWith('http://')) return Promise.resolve(null)
  // A token from a file may hold what no header can.
  if (Object.values(headers).some((value) => !/^[\x20-\x7e]*$/.test(value))) {
    return Promise.resolve(null)
  }
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const signal = AbortSignal.timeout(timeoutMs)
  const asked = request(url, { method, headers, signal }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      text += chunk
      if (text.length > answerMax) response.destroy()
    })
    response.on('end', () => resolve(response.statusCode === 200 ? text : null))
    response.on('error', () => resolve(null))
    response.on('close', () => resolve(null))
  })
  asked.on('error', () => resolve(null))
  asked.end()
  return promise
}
