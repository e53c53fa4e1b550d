import { mkdtempSync, rmSync } from 'node:fs'
import { appendFile, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newWork } from '../fixtures/deployment-host.ts'
import { beginJournal, historyOf, openJournals } from './journal.ts'

const begun = newWork({ name: 'web', type: 'files', settings: {} }, { fingerprint: 'SHA256:0' }, 3)
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'panthera-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a journal', () => {
  it('tells the next process how far its deployment came', async () => {
    const journal = await beginJournal(folder, begun)
    await journal.append({ mark: 'snapshot', snapshot: [1], served: [null] })
    await journal.append({ mark: 'switching' })
    await journal.close()
    const [found] = await openJournals(folder)
    expect(found?.history).toMatchObject({
      begun,
      snapshot: { snapshot: [1], served: [null] },
      switching: true,
      proven: false,
    })
    await found?.remove()
    expect(await readdir(folder)).toEqual([])
  })

  it('passes over a line that was cut off, and goes on after it', async () => {
    const journal = await beginJournal(folder, begun)
    await journal.close()
    await appendFile(join(folder, '3.journal'), '\n{"mark":"prov')
    const [found] = await openJournals(folder)
    expect(found?.history.proven).toBe(false)
    await found?.append({ mark: 'proven' })
    await found?.close()
    const [again] = await openJournals(folder)
    expect(again?.history.proven).toBe(true)
    await again?.close()
  })

  it('that has no beginning is taken away: nothing had been touched', async () => {
    await writeFile(join(folder, '4.journal'), '{"mark":"beg')
    expect(await openJournals(folder)).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })

  it('is nothing without its first line', () => {
    expect(historyOf('{"mark":"proven"}')).toBeNull()
  })
})
