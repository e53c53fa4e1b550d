import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { newHierarchy, newLeaf, pemOf } from '../../x509/authority.fixture.ts'
import { fingerprintOf } from '../../x509/certificate.ts'
import { type AcmDouble, type AcmDoubleOptions, startAcmDouble } from './acm/aws-double.ts'
import { findAwsCredentials } from './acm/credentials.ts'
import { discoverAcm } from './acm.ts'
import { AcmSettings, type Discovered, isSighting } from './contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'panthera-acm-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { intermediate } = await newHierarchy()
const leaf = await newLeaf(intermediate, ['a.example'])
const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'session' }
const arn = (name: string) => `arn:aws:acm:eu-central-1:1:certificate/${name}`
const certificates = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
  arn: arn(name),
  certificate: pemOf(leaf),
  chain: pemOf(intermediate.certificate),
  inUse: name !== 'e',
}))

let double: AcmDouble | undefined
afterEach(() => {
  double?.close()
  vi.unstubAllEnvs()
})

async function discover(options: Partial<AcmDoubleOptions> = {}, secret = 'secret') {
  double = await startAcmDouble({ credentials, certificates, ...options })
  vi.stubEnv('AWS_ENDPOINT_URL_ACM', double.url)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret)
  vi.stubEnv('AWS_SESSION_TOKEN', 'session')
  const settings = AcmSettings.parse({ regions: ['eu-central-1'] })
  const context = { signal: new AbortController().signal, hostname: 'here' }
  const found: Discovered[] = await Array.fromAsync(discoverAcm(settings, context))
  return found
}

it('tells all pages, each certificate with its chain', async () => {
  const found = await discover()
  expect(found.map(({ path }) => path)).toEqual(['a', 'b', 'c', 'd', 'e'].map(arn))
  expect(found[0]).toMatchObject({ source: 'cloud', hostname: 'eu-central-1', hasPrivateKey: true })
  expect(found.map((each) => isSighting(each) && each.note)).toEqual([
    ...[undefined, undefined, undefined, undefined],
    'nothing uses it',
  ])
  const [first] = found
  const bytes = first !== undefined && isSighting(first) ? [first.der, ...first.chain] : []
  expect(bytes.map((der) => fingerprintOf(der))).toEqual([
    leaf.fingerprint,
    intermediate.certificate.fingerprint,
  ])
  expect(double?.asked.filter((each) => each.endsWith('ListCertificates'))).toHaveLength(3)
})

it('asks again after being told to slow down', async () => {
  const found = await discover({ first: { status: 400, type: 'ThrottlingException' } })
  expect(found).toHaveLength(5)
})

it.each([
  ['AccessDeniedException', /may not do acm:ListCertificates/],
  ['com.amazonaws.acm#ExpiredTokenException', /have expired/],
  ['SomethingElse', /answered 400, SomethingElse/],
])('tells %s without the words of AWS', async (type, why) => {
  const found = await discover({ first: { status: 400, type } })
  expect(found).toEqual([
    { path: 'ACM in eu-central-1', reason: expect.stringMatching(why) as string },
  ])
  expect(JSON.stringify(found)).not.toContain('somebody')
})

it('tells a wrong secret', async () => {
  const found = await discover({}, 'other')
  expect(found).toMatchObject([{ reason: expect.stringMatching(/refuses the signature/) }])
})

it('goes on after a certificate that cannot be had', async () => {
  const found = await discover({
    certificates: [
      { arn: arn('x'), certificate: 'no PEM' },
      { arn: arn('y'), certificate: pemOf(leaf) },
    ],
  })
  expect(found).toMatchObject([{ path: arn('x'), reason: expect.any(String) }, { path: arn('y') }])
})

describe('credentials', () => {
  const off = { AWS_EC2_METADATA_DISABLED: 'true', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' }

  it('stand in the environment', async () => {
    const env = { ...off, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }
    expect(await findAwsCredentials(env)).toEqual({
      ...{ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: null },
    })
  })

  it('stand in the shared file, by profile', async () => {
    const path = join(folder, 'credentials')
    const own = 'aws_access_key_id = c\naws_secret_access_key=d=\naws_session_token = e'
    writeFileSync(
      path,
      `[default]\naws_access_key_id=a\naws_secret_access_key=b\n[ own ]\n${own}\n`,
    )
    const env = { ...off, AWS_SHARED_CREDENTIALS_FILE: path }
    expect(await findAwsCredentials(env)).toMatchObject({ accessKeyId: 'a', sessionToken: null })
    expect(await findAwsCredentials({ ...env, AWS_PROFILE: 'own' })).toEqual({
      ...{ accessKeyId: 'c', secretAccessKey: 'd=', sessionToken: 'e' },
    })
  })

  it('come from the role of an instance, by version 2 of its metadata', async () => {
    const role = { AccessKeyId: 'f', SecretAccessKey: 'g', Token: 'h' }
    const place = '/latest/meta-data/iam/security-credentials/'
    const pages: Record<string, string> = {
      'PUT /latest/api/token': 'tok',
      [`GET ${place}`]: 'my-role\n',
      [`GET ${place}my-role`]: JSON.stringify(role),
    }
    const url = await serve((request, response) => {
      const isKnown =
        request.method === 'PUT' || request.headers['x-aws-ec2-metadata-token'] === 'tok'
      const page = isKnown ? pages[`${request.method} ${request.url}`] : undefined
      response.writeHead(page === undefined ? 401 : 200).end(page)
    })
    const env = { AWS_SHARED_CREDENTIALS_FILE: '/nowhere', AWS_EC2_METADATA_SERVICE_ENDPOINT: url }
    expect(await findAwsCredentials(env)).toEqual({
      ...{ accessKeyId: 'f', secretAccessKey: 'g', sessionToken: 'h' },
    })
  })

  it('come from the role of a pod, for its token', async () => {
    const role = { AccessKeyId: 'i', SecretAccessKey: 'j', Token: 'k' }
    const url = await serve((request, response) => {
      const isKnown = request.headers.authorization === 'pod-token'
      response.writeHead(isKnown ? 200 : 401).end(JSON.stringify(role))
    })
    const file = join(folder, 'pod-token')
    writeFileSync(file, 'pod-token\n')
    const token = { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file }
    const env = { ...off, ...token, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1` }
    expect(await findAwsCredentials(env)).toMatchObject({ accessKeyId: 'i', sessionToken: 'k' })
    const strange = { ...env, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://a.example/' }
    await expect(findAwsCredentials(strange)).rejects.toThrow(/no credentials/)
  })

  it('lack', async () => {
    await expect(findAwsCredentials(off)).rejects.toThrow(/no credentials for AWS/)
  })
})

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}
