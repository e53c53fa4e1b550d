import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createGithub } from './github.ts'
import type { Outbound } from './outbound/index.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const api = 'https://api.github.com'

/** GitHub as somebody's browser comes back from it. */
function githubWith(account: object, person: { user?: object; membership?: object }) {
  const answers: Record<string, unknown> = {
    '/login/oauth/access_token': { access_token: 'made-up', token_type: 'bearer', scope: '' },
    '/user/installations': { installations: [{ id: 1 }, { id: 11, account }] },
    '/user': person.user,
    '/user/memberships/orgs/acme': person.membership,
  }
  const request = async ({ url }: { url: string }) => {
    const found = answers[new URL(url).pathname]
    const body = JSON.stringify(found ?? { message: 'Not Found' })
    const headers = { 'content-type': 'application/json' }
    return { status: found === undefined ? 404 : 200, headers, body: Buffer.from(body) }
  }
  return createGithub({
    app: { id: '99', key, client: { id: 'Iv1.made-up', secret: 'made-up' } },
    api,
    outbound: { request } as unknown as Outbound,
  })
}

const acme = { id: 7, login: 'acme', type: 'Organization' }
const ada = { id: 8, login: 'ada', type: 'User' }
const member = (role: string, state = 'active') => ({ membership: { role, state } })

describe('whose installation it is', () => {
  it.each([
    ['an owner of the organization', acme, member('admin'), true],
    ['a member of it', acme, member('member'), false],
    ['one who was only asked to be an owner', acme, member('admin', 'pending'), false],
    ['the account itself', ada, { user: { id: 8 } }, true],
    ['one who may read a repository of it', ada, { user: { id: 9 } }, false],
    ['nobody that is known', { slug: 'enterprise' }, { user: { id: 9 } }, false],
  ])('is told of %s', async (_, account, person, is) => {
    expect(await githubWith(account, person).isTheirs?.('code', '11')).toBe(is)
  })

  it('is not told of one that is not in their list', async () => {
    expect(await githubWith(ada, { user: { id: 8 } }).isTheirs?.('code', '12')).toBe(false)
  })

  it('is refused where they are nothing to the organization', async () => {
    const asked = githubWith(acme, {}).isTheirs?.('code', '11')
    await expect(asked).rejects.toMatchObject({ name: 'GithubRefused', status: 404 })
  })
})
