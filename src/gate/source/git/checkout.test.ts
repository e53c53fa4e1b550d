import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readCheckout } from './checkout.ts'
import { makeRepository, temporaryFolder } from './fixtures/repository.ts'

const git = (dir: string, ...args: string[]) => {
  execFileSync('git', args, { cwd: dir, stdio: 'ignore' })
}

describe('readCheckout', () => {
  it('tells commit, branch and contents', async () => {
    const { dir } = makeRepository({ 'a.txt': 'hello\n', 'src/b.txt': 'x' })
    const checkout = await readCheckout(`${dir}/src`)
    expect(checkout).toMatchObject({ top: dir, branch: 'main', remote: null })
    expect(checkout?.commit).toMatch(/^[0-9a-f]{40}$/)
    expect(checkout?.contents.get('a.txt')).toBe('ce013625030ba8dba906f756967f9e9ca394464a')
    expect([...(checkout?.contents.keys() ?? [])]).toEqual(['a.txt', 'src/b.txt'])
  })

  it('leaves what an address knows of its user', async () => {
    const { dir } = makeRepository({ a: '' })
    const secret = ['x-access-token:', 'ghs_notreal'].join('')
    git(dir, 'remote', 'add', 'origin', `https://${secret}@github.com/acme/shop.git`)
    expect((await readCheckout(dir))?.remote).toBe('https://github.com/acme/shop.git')
  })

  it('knows no branch where a commit is checked out', async () => {
    const { dir } = makeRepository({ a: '' })
    git(dir, 'checkout', '--detach')
    expect((await readCheckout(dir))?.branch).toBeNull()
  })

  it('is null outside a repository, and before the first commit', async () => {
    const dir = temporaryFolder()
    expect(await readCheckout(dir)).toBeNull()
    git(dir, 'init', '-q')
    expect(await readCheckout(dir)).toBeNull()
  })
})
