import { describe, expect, it } from 'vitest'
import { differenceOf, placeOfEvidence } from './evidence-place.ts'
import { folder, git } from './fixtures/folder.ts'

function repository(remote: string | null): string {
  const dir = folder({ 'a.txt': 'one\n', 'web/b.txt': 'two\n' })
  git(dir, 'init', '--quiet', '--initial-branch=main')
  git(dir, 'add', '.')
  git(dir, 'commit', '--quiet', '-m', 'first')
  if (remote !== null) git(dir, 'remote', 'add', 'origin', remote)
  return dir
}

function ask(root: string, more: object = {}) {
  return placeOfEvidence({ root, repository: undefined, branch: undefined, env: {}, ...more })
}

describe('what a pack is about', () => {
  it.each([
    ['https://github.com/Acme/Shop.git', 'Acme/Shop'],
    ['git@github.com:acme/shop.git', 'acme/shop'],
    ['https://gitlab.com/acme/web/shop.git', 'acme.web/shop'],
    ['https://git.example.com/acme/shop', 'acme/shop'],
  ])('is told by origin %s', async (remote, slug) => {
    expect(await ask(repository(remote))).toMatchObject({ slug, branch: 'main', prefix: '' })
  })

  it.each([
    ['no origin', null, {}, 'has no origin'],
    ['an origin without owner', 'https://git.example.com/shop', {}, '--repository owner/name'],
    ['a name that is none', null, { repository: 'shop' }, '--repository does not take'],
  ])('is asked for with %s', async (_, remote, more, words) => {
    const told = await ask(repository(remote), more).catch((error) => {
      return `${error.message} ${error.hint ?? ''}`
    })
    expect(told).toContain(words)
  })

  it('is what is said, before all else', async () => {
    const root = repository('https://github.com/acme/shop.git')
    const said = { repository: 'github:other/name', branch: 'release' }
    expect(await ask(root, said)).toMatchObject({ slug: 'other/name', branch: 'release' })
    const env = { PANTHERA_REPOSITORY: 'ci/name' }
    expect(await ask(root, { env })).toMatchObject({ slug: 'ci/name' })
  })

  it('is compared with the files that were scanned', async () => {
    const root = repository('https://github.com/acme/shop.git')
    const place = await ask(root)
    const own = new Map<string, string | null>(place.checkout.contents)
    expect(differenceOf(place, own)).toEqual({ changed: 0, untracked: 0 })
    expect(differenceOf(place, new Map([...own, ['new.txt', '0'.repeat(40)]]))).toEqual({
      changed: 0,
      untracked: 1,
    })
    expect(differenceOf(place, new Map([['a.txt', null]]))).toEqual({ changed: 2, untracked: 0 })
    const below = { ...place, prefix: 'web/' }
    expect(differenceOf(below, new Map([['b.txt', own.get('web/b.txt') ?? null]]))).toEqual({
      changed: 0,
      untracked: 0,
    })
  })
})
