import { expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { createDependencyEngine } from '../engine.ts'
import { told } from '../fixtures/unit.ts'
import { readNpmSpec } from './npm-spec.ts'

it('gives ranges, and versions where these are pinned', () => {
  const manifest = {
    name: 'shop',
    dependencies: { a: '^1.0.0', b: 'v1.2.3', c: 'npm:d@~2', e: 'example/e#main', f: 'file:../f' },
    devDependencies: { a: '2', g: '', h: 'workspace:*' },
    optionalDependencies: { i: '1.0.0-rc.1' },
    peerDependencies: { react: '*' },
    scripts: { dependencies: 'x' },
  }
  expect(told({ 'package.json': JSON.stringify(manifest) })).toEqual([
    'a: a@(^1.0.0) direct',
    'b: b@1.2.3 direct',
    'c: d@(~2) direct',
    'e: e@(null) direct from example/e#main',
    'g: g@(*) direct dev',
    'i: i@1.0.0-rc.1 direct',
  ])
})

it.each([
  ['latest', { range: 'latest' }],
  ['1.0.0 || 2.0.0', { range: '1.0.0 || 2.0.0' }],
  ['=1.0.0', { version: '1.0.0' }],
  ['1.0.0+build', { version: '1.0.0+build' }],
  ['https://example.test/a.tgz', { origin: 'https://example.test/a.tgz' }],
  ['git@example.test:a/b.git', { origin: 'git@example.test:a/b.git' }],
  ['github:a/b', { origin: 'github:a/b' }],
  ['file:a.tgz', { origin: 'file:a.tgz' }],
  ['npm:@b/c@1.0.0', { name: '@b/c', version: '1.0.0' }],
  ['npm:b', { name: 'b', range: '*' }],
  ['link:../a', { isLocal: true }],
])('understands %s', (spec, expected) => {
  const nothing = { name: 'a', version: null, range: null, origin: null, isLocal: false }
  expect(readNpmSpec('a', spec)).toEqual({ ...nothing, ...expected })
})

it.each([
  [
    '{"workspaces":["packages/*","./tools/","apps/*/web","!packages/old"]}',
    ['packages/*', 'tools', 'apps/**'],
  ],
  ['{"workspaces":{"packages":["../outside","libs/**"]}}', ['libs/**']],
  ['{"dependencies":{}}', []],
  ['{"name":"only-settings"}', null],
  ['{"workspaces":', []],
])('links %s to the folders of its workspaces', (text, links) => {
  const source = new SourceText('package.json', new TextEncoder().encode(text))
  const membership = createDependencyEngine().membership(source)
  expect(membership).toEqual(links === null ? null : { kind: 'dependencies', links })
})
