// A process of its own: oidc-provider from a folder into which npm installed it, as a token service
// for one client. `node tokens-oidc-provider.ts FOLDER PORT`, the client in BENCH_CLIENT.
import { generateKeyPairSync } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [, , folder = '.', port = '0'] = process.argv
const client = JSON.parse(process.env.BENCH_CLIENT ?? '{}') as Record<string, string>
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const audience = 'https://api.example.com'

interface Listening {
  listen(port: number, host: string): unknown
}
type Provider = new (issuer: string, configuration: object) => Listening

const from = createRequire(join(folder, 'package.json'))
const path = pathToFileURL(from.resolve('oidc-provider')).href
const { default: Provider } = (await import(path)) as { default: Provider }

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      ...client,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
  scopes: ['manage:keys'],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      getResourceServerInfo: () => ({
        scope: 'manage:keys',
        audience,
        accessTokenTTL: 3_600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
})
provider.listen(Number(port), '127.0.0.1')
