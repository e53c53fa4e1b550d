import { describe, expect, it } from 'vitest'
import { readRemote, readRepository } from './repository-name.ts'

const shop = (provider: string, owner = 'acme') => ({ provider, owner, repo_name: 'shop' })

describe('readRemote', () => {
  it.each([
    ['https://github.com/acme/shop.git', shop('github')],
    ['https://github.com/acme/shop', shop('github')],
    ['https://someone@bitbucket.org/acme/shop.git', shop('bitbucket')],
    ['git@github.com:acme/shop.git', shop('github')],
    ['ssh://git@gitlab.com:22/group/sub/shop.git', shop('gitlab', 'group/sub')],
    ['https://git.example.com/acme/shop.git', { provider: 'git', clone_url: expect.any(String) }],
    ['git@git.example.com:acme/shop.git', null],
    ['/srv/git/shop.git', null],
    ['file:///srv/git/acme/shop.git', null],
    ['', null],
    [null, null],
  ])('%s', (remote, name) => {
    expect(readRemote(remote)).toEqual(name)
  })
})

describe('readRepository', () => {
  it.each([
    ['github:acme/shop', shop('github')],
    ['gitlab:group/sub/shop', shop('gitlab', 'group/sub')],
    ['https://github.com/acme/shop', shop('github')],
  ])('takes %s', (text, name) => {
    expect(readRepository(text)).toEqual(name)
  })

  it.each(['acme/shop', 'github:shop', 'svn:acme/shop', '/srv/shop'])('refuses %s', (text) => {
    expect(() => readRepository(text)).toThrow(`--repository does not take "${text}"`)
  })
})
