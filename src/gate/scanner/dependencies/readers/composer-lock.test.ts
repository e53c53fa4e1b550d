import { expect, it } from 'vitest'
import { scanUnit, told } from '../fixtures/unit.ts'

const lock = {
  packages: [
    {
      name: 'vendor/one',
      version: 'v1.2.3',
      dist: { type: 'zip', shasum: 'aa' },
      require: { php: '>=8', 'ext-json': '*', 'Vendor/Two': '^2' },
      license: ['MIT', 'GPL-2.0-only'],
      authors: [{ name: 'vendor/two' }],
    },
    { name: 'vendor/two', version: 'dev-main' },
    { name: 'vendor/own', version: '1.0.0', dist: { type: 'path', url: '../own' } },
  ],
  'packages-dev': [{ name: 'vendor/unit', version: '10.0.0' }],
}

it('reads composer.lock', () => {
  const manifest = {
    require: { php: '>=8', 'vendor/one': '^1' },
    'require-dev': { 'vendor/unit': '*' },
  }
  const files = {
    'composer.lock': JSON.stringify(lock, null, 4),
    'composer.json': JSON.stringify(manifest),
  }
  expect(told(files)).toEqual([
    'vendor/one: vendor/one@1.2.3 direct',
    'vendor/two: vendor/two@dev-main indirect by vendor/one@1.2.3',
    'vendor/unit: vendor/unit@10.0.0 direct dev',
  ])
  expect(scanUnit(files).packages[0]).toMatchObject({
    licence: 'MIT OR GPL-2.0-only',
    integrity: 'sha1:aa',
    dependsOn: ['vendor/two@dev-main'],
  })
})

it('reads composer.json where nothing is locked', () => {
  const manifest = { require: { php: '>=8', 'a/b': '^1' }, 'require-dev': { 'c/d': '1.2.3' } }
  expect(told({ 'composer.json': JSON.stringify(manifest) })).toEqual([
    'a/b: a/b@(^1) direct',
    'c/d: c/d@1.2.3 direct dev',
  ])
})
