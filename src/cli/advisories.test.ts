import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { panthera } from './fixtures/command.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'panthera-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const record = {
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2024-01-31T00:00:00Z',
  affected: [{ package: { ecosystem: 'npm', name: 'left' }, versions: ['1.0.0'] }],
}

it('updates, tells what there is, and refuses what it cannot read', async () => {
  const cwd = temporaryFolder()
  const env = { PANTHERA_CACHE_DIR: join(cwd, 'cache') }
  const advisories = (...args: string[]) => panthera(['advisories', ...args], { cwd, env })
  writeFileSync(join(cwd, 'a.json'), JSON.stringify(record))
  writeFileSync(join(cwd, 'broken.zip'), 'nothing')

  const updated = await advisories('update', '--from', 'a.json', '--format', 'json')
  expect(updated).toMatchObject({ code: 0, stderr: '' })
  const [index] = JSON.parse(updated.stdout).indexes
  expect(index).toMatchObject({ ecosystem: 'npm', date: '2024-01-31', vulnerabilities: 1 })

  const refused = await advisories('update', '--from', 'a.json', '--from', 'broken.zip')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toMatch(/^panthera: broken\.zip: no zip .*\nNothing was changed\.\n/)

  const status = await advisories('status', '--format', 'json')
  expect(status).toMatchObject({ code: 0, stderr: '' })
  const own = JSON.parse(status.stdout).indexes.filter(
    ({ kind }: { kind: string }) => kind === 'own',
  )
  expect(own).toMatchObject([{ ecosystem: 'npm', problem: null, description: index }])

  const told = await advisories('status')
  expect(told.stdout).toMatch(/^ECOSYSTEM +DATE +PACKAGES +VULNERABILITIES +SOURCES +FROM\n/)
  expect(told.stdout).toMatch(/\nnpm +2024-01-31 +1 +1 +GitHub 1 +update\n/)
})

it('explains a vulnerability that comes along, and says where no other is known', async () => {
  const cwd = temporaryFolder()
  const env = { PANTHERA_CACHE_DIR: join(cwd, 'cache') }
  const explain = (id: string) => panthera(['explain', id], { cwd, env })
  const { code, stdout } = await explain('CVE-2021-23337')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^CVE-2021-23337\nCode injection in lodash\n/)
  expect(stdout).toMatch(/Why +Code injection in lodash \(CWE-94\): who uses an affected/)
  expect(stdout).toMatch(/In lodash +< 4\.17\.21/)
  expect(stdout).toMatch(/Fix +Upgrade lodash to 4\.17\.21 or later\.\n/)
  const other = await explain('CVE-1999-0001')
  expect(other.code).toBe(2)
  expect(other.stderr).toContain(
    'CVE-1999-0001 is not among the bundled vulnerabilities; import a full database: ' +
      'panthera advisories update --from …',
  )
})

it('compares with what comes along, and says that it is not all', async () => {
  const cwd = temporaryFolder()
  const env = { PANTHERA_CACHE_DIR: join(cwd, 'cache') }
  const scan = (...args: string[]) => panthera(['scan', 'app', ...args], { cwd, env })
  mkdirSync(join(cwd, 'app'))
  writeFileSync(join(cwd, 'app', 'requirements.txt'), 'PyYAML==5.3\n')

  const found = await scan('--only', 'dependencies', '--format', 'json')
  const report = JSON.parse(found.stdout)
  expect(found.code).toBe(1)
  expect(report.findings.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain(
    'CVE-2020-14343',
  )
  expect(report.selectedAdvisories).toMatchObject({ ecosystems: ['PyPI'] })
  expect(report.notLookedAt).toMatchObject([{ kind: 'few-advisories' }])
  expect(found.stderr).toMatch(/bundled: \d+ widely published vulnerabilities, as of \d{4}-/)
  expect(found.stderr).toContain('panthera advisories update --from')

  const settings = 'ignores: [{ rule: sql-injection, path: /gone/, reason: why }]\n'
  writeFileSync(join(cwd, 'app', 'panthera.yaml'), settings)
  const useless = await scan('--exit-zero')
  expect(useless.stderr).toContain('panthera.yaml:1: it accepts nothing that was found\n')

  const strict = await scan('--only', 'dependencies', '--exit-zero', '--strict')
  expect(strict.code).toBe(3)
  expect(strict.stderr).toContain('no full database of advisories for PyPI (--strict)')
})
