import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { engine, settings } from './fixtures/engine.ts'
import { cloneRepository } from './git/clone.ts'
import { makeRepository, temporaryFolder } from './git/fixtures/repository.ts'
import { scanCommit, scanFolder } from './scan.ts'

const files = {
  'net/main.tf': 'TOGETHER with modules/vpc',
  'net/other.tf': 'TOGETHER',
  'modules/vpc/main.tf': 'TOGETHER',
  'alone/main.tf': 'TOGETHER',
  'alone/readme': 'nothing',
}
const together = ['modules/vpc/main.tf net/main.tf net/other.tf', 'alone/main.tf']

function prepare() {
  const log = join(temporaryFolder(), 'log')
  writeFileSync(log, '')
  const options = {
    engine,
    rules: settings(log).rules,
    workers: 2,
    cacheDir: temporaryFolder(),
  }
  const unitsScanned = () => {
    const units = readFileSync(log, 'utf8')
      .split('\n')
      .filter((path) => path.includes(':'))
    writeFileSync(log, '')
    return units.sort()
  }
  return { options, unitsScanned }
}
const titles = ({ findings }: { findings: { title: string }[] }) =>
  findings.map(({ title }) => title).sort()

describe('files that belong together', () => {
  it('are scanned together, once each', async () => {
    const { options, unitsScanned } = prepare()
    const { dir } = makeRepository(files)
    const outcome = await scanFolder({ ...options, root: dir })
    expect(titles(outcome)).toEqual(together.toSorted())
    expect(unitsScanned()).toEqual(['terraform:alone', 'terraform:modules/vpc'])
    expect(outcome.coverage).toMatchObject({ files: 5, complete: true })
  })

  it('are not scanned again until one of them changes', async () => {
    const { options, unitsScanned } = prepare()
    const { dir } = makeRepository(files)
    const first = await scanFolder({ ...options, root: dir })
    unitsScanned()
    expect((await scanFolder({ ...options, root: dir })).findings).toEqual(first.findings)
    expect(unitsScanned()).toEqual([])
    appendFileSync(join(dir, 'modules/vpc/main.tf'), '\n# changed')
    await scanFolder({ ...options, root: dir })
    expect(unitsScanned()).toEqual(['terraform:modules/vpc'])
  })

  it('are read from a commit as from a folder', async () => {
    const { options } = prepare()
    const { url } = makeRepository(files)
    const scratchDir = temporaryFolder()
    const limits = { bytesMax: 1e9, timeoutMs: 60_000 }
    const clone = await cloneRepository({ url, depth: 'tip', scratchDir, limits })
    const { gitDir, commit } = clone
    const outcome = await scanCommit({ ...options, gitDir, commit, scratchDir })
    expect(titles(outcome)).toEqual(together.toSorted())
  })

  it('that hang cost themselves only, and say so', async () => {
    const { options } = prepare()
    const { dir } = makeRepository({ ...files, 'net/bad.tf': 'STUCK TOGETHER' })
    const outcome = await scanFolder({ ...options, root: dir, limits: { fileMs: 300 } })
    expect(titles(outcome)).toEqual(['alone/main.tf'])
    expect(outcome.shortfalls).toMatchObject([{ path: 'terraform:modules/vpc' }])
    expect(outcome.coverage.complete).toBe(false)
  })
})
