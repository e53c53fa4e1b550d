import { expect, it } from 'vitest'
import { packageOf } from '../scanner/dependencies/advisories/fixtures/packages.ts'
import { notesOnPackages } from './advise.ts'

const at = (path: string) =>
  packageOf('g:a', '1.0', {
    ecosystem: 'Maven',
    place: { path, line: 1, column: 1, endColumn: 2 },
  })

it('says where what direct dependencies bring in is not known', () => {
  const [note, ...more] = notesOnPackages([
    at('web/pom.xml'),
    at('build.gradle.kts'),
    at('pom.xml'),
  ])
  expect(more).toEqual([])
  expect(note).toMatch(/^build\.gradle\.kts and 2 more: only direct dependencies were compared/)
  expect(note).toContain('dependency-tree.txt')
})

it('says nothing of files that know it', () => {
  const files = ['gradle.lockfile', 'dependency-tree.txt', 'package-lock.json']
  expect(notesOnPackages(files.map(at))).toEqual([])
})
