import { expect, it } from 'vitest'
import { scanUnit, told } from '../fixtures/unit.ts'

it('reads what mvn dependency:tree prints, in place of the pom beside it', () => {
  const tree = `[INFO] --- dependency:3.6.0:tree (default-cli) @ app ---
[INFO] g:app:jar:1.0
[INFO] +- g:web:jar:2.0:compile
[INFO] |  +- g:json:jar:3.0:compile
[INFO] |  |  \\- g:core:jar:linux:3.1:runtime
[INFO] |  \\- g:log:jar:1.1:compile (optional)
[INFO] \\- g:check:jar:4.0:test
[INFO]    \\- g:match:jar:5.0:test
[INFO] BUILD SUCCESS
`
  const pom = '<project><dependencies><dependency><groupId>g</groupId><artifactId>web</artifactId>'
  const files = {
    'dependency-tree.txt': tree,
    'pom.xml': `${pom}<version>2.0</version></dependency></dependencies></project>`,
  }
  expect(told(files)).toEqual([
    'g:web:jar:2.0:compile: g:web@2.0 direct',
    'g:json:jar:3.0:compile: g:json@3.0 indirect by g:web@2.0',
    'g:core:jar:linux:3.1:runtime: g:core@3.1 indirect by g:web@2.0 > g:json@3.0',
    'g:log:jar:1.1:compile: g:log@1.1 indirect by g:web@2.0',
    'g:check:jar:4.0:test: g:check@4.0 direct dev',
    'g:match:jar:5.0:test: g:match@5.0 indirect dev by g:check@4.0',
  ])
})

it('reads build.sbt.lock', () => {
  const lock = {
    lockVersion: 1,
    dependencies: [
      { org: 'g', name: 'a', version: '1.0', configurations: ['compile', 'test'] },
      { org: 'g', name: 'b', version: '2.0', configurations: ['test'] },
      { name: 'without-org', version: '1' },
    ],
  }
  expect(told({ 'build.sbt.lock': JSON.stringify(lock, null, 1) })).toEqual([
    'a: g:a@1.0 unknown',
    'b: g:b@2.0 unknown dev',
  ])
})

it('reads .deps.json without the projects of the solution', () => {
  const deps = {
    libraries: {
      'App/1.0.0': { type: 'project', sha512: '' },
      'A.One/1.2.3': { type: 'package', sha512: 'sha512-abc==' },
    },
  }
  const files = { 'bin/app.deps.json': JSON.stringify(deps, null, 1) }
  expect(told(files)).toEqual(['A.One/1.2.3: A.One@1.2.3 unknown'])
  expect(scanUnit(files).packages[0]).toMatchObject({ integrity: 'sha512-abc==' })
})

it('reads what Composer installed, unless the lock file says it', () => {
  const installed = {
    packages: [
      { name: 'a/one', version: 'v1.2.3', version_normalized: '1.2.3.0' },
      { name: 'a/two', version: '2.0.0', version_normalized: '2.0.0.0' },
    ],
    'dev-package-names': ['a/two'],
  }
  const path = 'app/vendor/composer/installed.json'
  const files = { [path]: JSON.stringify(installed, null, 1) }
  expect(told(files)).toEqual(['a/one: a/one@1.2.3 unknown', 'a/two: a/two@2.0.0 unknown dev'])
  expect(told({ [path]: JSON.stringify(installed.packages, null, 1) })).toHaveLength(2)
  expect(told({ ...files, 'app/composer.lock': '{}' })).toEqual([])
})
