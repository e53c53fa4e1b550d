import { expect, it } from 'vitest'
import { bareUrl } from './origin-url.ts'

it.each([
  ['https://user:word@h.example/a.tgz', 'https://h.example/a.tgz'],
  ['https://token@h.example/a.tgz?x=1#b', 'https://h.example/a.tgz#b'],
  ['https://user:wo@rd@h.example/a', 'https://h.example/a'],
  ['registry+https://u:p@h.example/', 'registry+https://h.example/'],
  ['git+https://h.example/a?branch=main&token=b#c', 'git+https://h.example/a?branch=main#c'],
  ['git+ssh://git@h.example/a.git#c', 'git+ssh://git@h.example/a.git#c'],
  ['ssh://git:word@h.example/a.git', 'ssh://h.example/a.git'],
  ['user:word@h.example:a/b.git', 'h.example:a/b.git'],
  ['git@h.example:a/b.git', 'git@h.example:a/b.git'],
  ['npm:@scope/a@1.0.0', 'npm:@scope/a@1.0.0'],
  ['^1.2.3', '^1.2.3'],
  ['file:../a', 'file:../a'],
])('makes of %s %s', (origin, bare) => {
  expect(bareUrl(origin)).toBe(bare)
})
