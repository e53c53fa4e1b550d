import { expect, it } from 'vitest'
import { scanUnit, told } from '../fixtures/unit.ts'

const flat = JSON.stringify(
  {
    name: 'shop',
    lockfileVersion: 3,
    packages: {
      '': {
        workspaces: ['tools/*'],
        dependencies: { express: '^4', 'old-debug': 'npm:debug@2' },
        devDependencies: { mocha: '*' },
      },
      'node_modules/@shop/build': { resolved: 'tools/build', link: true },
      'node_modules/debug': { version: '4.3.4', license: 'MIT' },
      'node_modules/express': {
        version: '4.18.2',
        resolved: 'https://registry.example.test/express/-/express-4.18.2.tgz',
        integrity: 'sha1-abc= sha512-def==',
        license: 'MIT',
        dependencies: { debug: '2.6.9', qs: '6' },
      },
      'node_modules/express/node_modules/debug': { version: '2.6.9', dependencies: { ms: '2' } },
      'node_modules/mocha': { version: '10.0.0', dev: true, dependencies: { debug: '4' } },
      'node_modules/ms': { version: '2.0.0', dependencies: { express: '*' } },
      'node_modules/old-debug': { name: 'debug', version: '2.6.9' },
      'node_modules/patched': {
        version: '1.0.0',
        resolved: 'git+ssh://git@example.test/a/b.git#c0ffee',
      },
      'node_modules/qs': { version: '6.11.0', peerDependencies: { patched: '*' } },
      'tools/build': { name: '@shop/build', dependencies: { qs: '6' } },
    },
  },
  null,
  2,
)

it('reads versions 2 and 3 with workspaces, links, aliases and nested packages', () => {
  expect(
    told({ 'package-lock.json': flat, 'package.json': '{"dependencies":{"left":"1"}}' }),
  ).toEqual([
    'debug: debug@4.3.4 indirect by mocha@10.0.0',
    'express: express@4.18.2 direct',
    'debug: debug@2.6.9 direct',
    'mocha: mocha@10.0.0 direct dev',
    'ms: ms@2.0.0 indirect by express@4.18.2 > debug@2.6.9',
    'patched: patched@1.0.0 indirect by qs@6.11.0 from git+ssh://git@example.test/a/b.git#c0ffee',
    'qs: qs@6.11.0 direct',
  ])
  const { packages } = scanUnit({ 'package-lock.json': flat })
  expect(packages.find(({ name }) => name === 'express')).toMatchObject({
    dependsOn: ['debug@2.6.9', 'qs@6.11.0'],
    licence: 'MIT',
    integrity: 'sha512-def==',
    place: { path: 'package-lock.json', line: 25, column: 19, endColumn: 26 },
  })
})

it('finds places in one long line, and in one that has been escaped', () => {
  const packages = {
    'node_modules/b': { version: '1.0.0' },
    'node_modules/c': { version: '1.0.0' },
  }
  const text = JSON.stringify({ packages }).replace('node_modules/b', 'node_modules\\/b')
  expect(told({ 'package-lock.json': text })).toEqual(['b: b@1.0.0 unknown', 'c: c@1.0.0 unknown'])
})

const nested = JSON.stringify(
  {
    lockfileVersion: 1,
    dependencies: {
      a: { version: '1.0.0', requires: { b: '^2' }, dependencies: { b: { version: '2.0.0' } } },
      b: { version: '1.0.0', dev: true },
      c: { version: 'npm:d@3.0.0', optional: true },
      e: { version: 'git+https://example.test/e.git#c0ffee', from: 'e@git' },
      own: { version: 'file:packages/own' },
    },
  },
  null,
  2,
)

it('reads version 1, of which package.json says what is direct', () => {
  const manifest = JSON.stringify({
    dependencies: { a: '1', c: '*', e: '*' },
    devDependencies: { b: '1' },
  })
  expect(told({ 'npm-shrinkwrap.json': nested, 'package.json': manifest })).toEqual([
    'a: a@1.0.0 direct',
    'b: b@2.0.0 indirect by a@1.0.0',
    'b: b@1.0.0 direct dev',
    'c: d@3.0.0 direct',
    'e: e@(null) direct from git+https://example.test/e.git#c0ffee',
  ])
})

it('knows nothing of what is direct where nothing says so', () => {
  expect(told({ 'package-lock.json': nested })[1]).toBe('b: b@2.0.0 unknown by a@1.0.0')
})

it('ends in cycles and in packages that are nested without end', () => {
  const cycle = { packages: { 'node_modules/a': { version: '1.0.0', dependencies: { b: '1' } } } }
  Object.assign(cycle.packages, {
    'node_modules/b': { version: '1.0.0', dependencies: { a: '1' } },
  })
  expect(told({ 'package-lock.json': JSON.stringify(cycle) })).toEqual([
    'a: a@1.0.0 unknown',
    'b: b@1.0.0 unknown',
  ])
  const deep = `${'{"dependencies":{"a":'.repeat(5000)}{}${'}}'.repeat(5000)}`
  const lines = told({ 'package-lock.json': deep })
  expect(lines.at(-1)).toBe('incomplete: package-lock.json: its packages are nested too deeply')
})
