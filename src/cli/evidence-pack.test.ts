import { describe, expect, it } from 'vitest'
import { makePack, type PackOptions } from './evidence-pack.ts'
import { folder } from './fixtures/folder.ts'
import { UsageError } from './usage-error.ts'

describe('a pack', () => {
  it.each<[string, Partial<PackOptions>, RegExp]>([
    ['a framework that there is not', { frameworks: ['soc3'] }, /There are asvs, /],
    ['coverage that is none', { coverage: ['a.js'] }, /a\.js is neither lcov nor/],
    ['no coverage', { coverage: ['lcov.info'] }, /lcov\.info cannot be read: ENOENT/],
    ['a bad id', { id: 'a b' }, /--id does not take "a b"/],
    ['a folder that there is not', { root: 'nowhere' }, /does not exist/],
    ['a folder outside of git', {}, /in no git repository with a commit/],
    ['a file', { root: 'a.js' }, /is a file/],
  ])('is refused with %s before anything is scanned', async (_, more, words) => {
    const root = folder({ 'a.js': 'x\n' })
    const inside = (path: string) => (path.startsWith('/') ? path : `${root}/${path}`)
    const asked = { root: '.', frameworks: [], coverage: [], cache: false, quiet: true, ...more }
    const error: UsageError = await makePack({
      ...asked,
      root: inside(asked.root),
      coverage: asked.coverage.map(inside),
    }).then(
      () => new UsageError('it was made'),
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(UsageError)
    expect(`${error.message} ${error.hint}`).toMatch(words)
  })
})
