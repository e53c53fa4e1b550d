import { expect, it } from 'vitest'
import { temporaryFolder } from '../gate/source/git/fixtures/repository.ts'
import { scanFolder } from '../gate/source/scan.ts'
import { scopeOf } from './scan-send.ts'

it('proves of a folder only secrets, which no file outside could make or unmake', async () => {
  const outcome = await scanFolder({ root: temporaryFolder(), workers: 1 })
  const { scan, rules } = scopeOf(outcome, { prefix: 'shop/', whole: true })
  expect(scan).toMatchObject({ within: 'shop/', partial: true, engines: ['secrets'] })
  const ids = new Set(rules.map(({ id }) => id))
  const types = outcome.rules.filter(({ id }) => ids.has(id)).map(({ scanType }) => scanType)
  expect(new Set(types)).toEqual(new Set(['secrets']))
  expect(scopeOf(outcome, { prefix: '', whole: true }).scan.engines).toContain('sast')
})
