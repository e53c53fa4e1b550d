import { expect, it } from 'vitest'
import { told } from '../fixtures/unit.ts'

const manifest = JSON.stringify({
  workspaces: { packages: ['packages/*', '!packages/old'] },
  dependencies: { '@a/one': '^1.0.0', patched: '^1.0.0' },
  devDependencies: { two: '>= 2 <3' },
})
const workspace = JSON.stringify({ dependencies: { three: '3.x', two: '>= 2 <3' } })

const classic = `# yarn lockfile v1


"@a/one@^1.0.0", "@a/one@^1.2.0":
  version "1.2.3"
  resolved "https://registry.example.test/@a/one/-/one-1.2.3.tgz#c0ffee"
  integrity sha512-abc==
  dependencies:
    "@b/four" "4 || 5"
  optionalDependencies:
    two ">= 2 <3"

"@b/four@4 || 5":
  version "4.0.0"

forked@example/forked#main:
  version "1.0.0"
  resolved "https://codeload.example.test/example/forked/tar.gz/c0ffee"

three@3.x, three@^3.1.0:
  version "3.1.0"

"two@>= 2 <3":
  version "2.9.0"
  dependencies:
    three "^3.1.0"

"was@npm:is@^1":
  version "1.1.0"
`

it('reads version 1 with the package.json of all workspaces', () => {
  const files = {
    'yarn.lock': classic,
    'package.json': manifest,
    'packages/a/package.json': workspace,
    'packages/old/package.json': JSON.stringify({ dependencies: { '@b/four': '4 || 5' } }),
  }
  expect(told(files)).toEqual([
    '@a/one: @a/one@1.2.3 direct',
    '@b/four: @b/four@4.0.0 indirect by @a/one@1.2.3',
    'forked: forked@1.0.0 indirect from https://codeload.example.test/example/forked/tar.gz/c0ffee',
    'three: three@3.1.0 direct',
    'two: two@2.9.0 direct',
    'was: is@1.1.0 indirect',
    // Left out of the workspaces, so that nothing says what it really gets.
    '@b/four: @b/four@(4 || 5) direct',
  ])
})

const berry = `__metadata:
  version: 8
  cacheKey: 10c0

"@a/one@npm:^1.0.0, @a/one@npm:^1.2.0":
  version: 1.2.3
  resolution: "@a/one@npm:1.2.3"
  dependencies:
    two: "npm:>= 2 <3"
  peerDependencies:
    react: "*"
  checksum: 10c0/abcdef
  languageName: node
  linkType: hard

? "patched@npm:^1.0.0"
:
  version: 1.0.1
  resolution: "patched@npm:1.0.1"

"patched@patch:patched@npm%3A^1.0.0#~builtin<compat/patched>":
  version: 1.0.1
  resolution: "patched@patch:patched@npm%3A1.0.1#~builtin<compat/patched>::version=1.0.1"

"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."
  linkType: soft

"two@npm:>= 2 <3":
  version: 2.9.0
  resolution: "two@npm:2.9.0"
`

it('reads berry', () => {
  expect(told({ 'yarn.lock': berry, 'package.json': manifest })).toEqual([
    '@a/one: @a/one@1.2.3 direct',
    'patched: patched@1.0.1 direct',
    'two: two@2.9.0 direct',
  ])
})

it('says of what is no yarn.lock that it is none', () => {
  expect(told({ 'yarn.lock': '<<<<<<< HEAD\na\n' })).toEqual([
    'incomplete: yarn.lock: not a yarn.lock',
  ])
})
