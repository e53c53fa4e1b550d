import { expect, it } from 'vitest'
import { scanUnit, told } from '../fixtures/unit.ts'

const versions = {
  5: `lockfileVersion: 5.4

importers:

  .:
    specifiers:
      '@a/one': ^1.0.0
    dependencies:
      '@a/one': 1.2.3_react@18.0.0
      was: /is/1.1.0
    devDependencies:
      two: 2.9.0

packages:

  /@a/one/1.2.3_react@18.0.0:
    resolution: {integrity: sha512-abc==}
    engines: {node: '>=8', npm: '>= 2'}
    peerDependencies:
      react: '*'
    dependencies:
      three: 3.1.0
    dev: false

  /is/1.1.0:
    resolution: {integrity: sha512-def==}
    dev: false

  /three/3.1.0:
    resolution: {integrity: sha512-ghi==}
    deprecated: |-
      Please use
      # something else
    dev: false

  /two/2.9.0:
    resolution: {integrity: sha512-jkl==}
    dev: true

  github.com/example/forked/c0ffee:
    resolution: {tarball: https://codeload.example.test/example/forked/tar.gz/c0ffee}
    name: forked
    version: 1.0.0
    dev: false
`,
  6: `lockfileVersion: '6.0'

dependencies:
  '@a/one':
    specifier: ^1.0.0
    version: 1.2.3(react@18.0.0)
  was:
    specifier: npm:is@^1
    version: /is@1.1.0

devDependencies:
  two:
    specifier: ^2
    version: 2.9.0

packages:

  /@a/one@1.2.3(react@18.0.0):
    resolution: {integrity: sha512-abc==}
    dependencies:
      three: 3.1.0
    dev: false

  /is@1.1.0:
    resolution: {integrity: sha512-def==}
    dev: false

  /three@3.1.0:
    resolution: {integrity: sha512-ghi==}
    dev: false

  /two@2.9.0:
    resolution: {integrity: sha512-jkl==}
    dev: true

  github.com/example/forked/c0ffee:
    resolution: {tarball: https://codeload.example.test/example/forked/tar.gz/c0ffee}
    name: forked
    version: 1.0.0
    dev: false
`,
  9: `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      '@a/one':
        specifier: ^1.0.0
        version: 1.2.3(react@18.0.0)
      was:
        specifier: npm:is@^1
        version: is@1.1.0
      tools:
        specifier: workspace:*
        version: link:tools

  tools:
    devDependencies:
      two:
        specifier: ^2
        version: 2.9.0

packages:

  '@a/one@1.2.3':
    resolution: {integrity: sha512-abc==}
    peerDependencies:
      react: '*'

  is@1.1.0:
    resolution: {integrity: sha512-def==}

  three@3.1.0:
    resolution: {integrity: sha512-ghi==}

  two@2.9.0:
    resolution: {integrity: sha512-jkl==}

  forked@https://codeload.example.test/example/forked/tar.gz/c0ffee:
    resolution: {tarball: https://codeload.example.test/example/forked/tar.gz/c0ffee}
    version: 1.0.0

snapshots:

  '@a/one@1.2.3(react@18.0.0)':
    dependencies:
      three: 3.1.0

  is@1.1.0: {}

  three@3.1.0: {}

  two@2.9.0: {}

  forked@https://codeload.example.test/example/forked/tar.gz/c0ffee: {}
`,
}

it.each([5, 6, 9] as const)('reads version %i', (version) => {
  expect(told({ 'pnpm-lock.yaml': versions[version] })).toEqual([
    '@a/one: @a/one@1.2.3 direct',
    'is: is@1.1.0 direct',
    'three: three@3.1.0 indirect by @a/one@1.2.3',
    'two: two@2.9.0 direct dev',
    'forked: forked@1.0.0 indirect from https://codeload.example.test/example/forked/tar.gz/c0ffee',
  ])
  const { packages } = scanUnit({ 'pnpm-lock.yaml': versions[version] })
  expect(packages[0]).toMatchObject({ integrity: 'sha512-abc==', dependsOn: ['three@3.1.0'] })
})

it('takes the lock file for the package.json of its workspaces, and of no others', () => {
  const files = {
    'pnpm-lock.yaml': versions[9],
    'pnpm-workspace.yaml': 'packages:\n  # all of them\n  - "tools"\n',
    'tools/package.json': '{"devDependencies":{"two":"^2"}}',
    'website/package.json': '{"dependencies":{"two":"^2","exact":"1.0.0"}}',
  }
  expect(told(files).slice(5)).toEqual(['two: two@(^2) direct', 'exact: exact@1.0.0 direct'])
})
