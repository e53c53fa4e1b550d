import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newHost, newWork, type TestHost } from '../fixtures/deployment-host.ts'
import { journalsOf, recover } from './deploy.ts'
import { beginJournal, openJournals } from './journal.ts'

let test: TestHost
beforeEach(() => {
  test = newHost()
})
afterEach(() => test.remove())

const begin = (id: number) => {
  const { certificate: fullchainFile } = test.files
  const target = { name: 'web', type: 'files', settings: { fullchainFile } }
  return beginJournal(journalsOf(test.host), newWork(target, { fingerprint: 'SHA256:0' }, id))
}
const recovered = async () => recover(test.host, await openJournals(journalsOf(test.host)), test)

it('does not call undone what its journal cannot undo, and says what to do', async () => {
  const journal = await begin(7)
  // As where its line was lost, or is of a form that another version wrote.
  await appendFile(journal.path, '\n{"mark":"snapshot","snapshot":[]}\n')
  await journal.append({ mark: 'switching' })
  await journal.close()
  await writeFile(test.files.certificate, 'new')
  await expect(recovered()).rejects.toThrow(
    /^deployment 7 to web was cut off .*lost what was there.*, then remove .*\/7\.journal$/,
  )
  expect(test.kept).toEqual([])
  expect(await readdir(journalsOf(test.host))).toContain('7.journal')
})

it('undoes the others where one cannot be', async () => {
  const broken = await begin(1)
  await broken.append({ mark: 'switching' })
  await broken.close()
  const other = await begin(2)
  const path = test.files.certificate
  await writeFile(join(other.folder, '0.pem'), 'old')
  const was = { copy: '0.pem', mode: 0o644, uid: process.getuid?.(), gid: process.getgid?.() }
  await other.append({ mark: 'snapshot', snapshot: [{ path, was }], served: [] })
  await other.append({ mark: 'switching' })
  await other.close()
  await writeFile(path, 'new')
  await expect(recovered()).rejects.toThrow('deployment 1 ')
  expect(await readFile(path, 'utf8')).toBe('old')
  expect(test.kept).toMatchObject([{ state: 'rolled_back' }])
  expect((await readdir(journalsOf(test.host))).toSorted()).toEqual(['1', '1.journal'])
})
