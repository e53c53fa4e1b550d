import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import type { Language } from '../ir/ir.ts'
import { dataOutline } from './outline.ts'
import { Program } from './program.ts'
import { Reaches } from './reach.ts'
import { readOutline } from './read-outline.ts'

const languages: Record<string, Language> = { java: 'java', py: 'python' }

function programOf(files: Record<string, string>): Program {
  return new Program(
    Object.entries(files).map(([path, text]) => {
      const end = path.slice(path.lastIndexOf('.') + 1)
      const source = new SourceText(path, Buffer.from(text))
      const language = languages[end] ?? 'javascript'
      return { path, outline: end === 'properties' ? dataOutline : readOutline(source, language) }
    }),
  )
}

describe('what a file may lead to', () => {
  it.each([
    ['types by import', 'import q.B;\nclass A {}', { 'q/B.java': 'package q; class B {}' }],
    [
      'static members',
      'import static q.B.run;\nclass A {}',
      { 'q/B.java': 'package q; class B {}' },
    ],
    [
      'types of a package',
      'import q.*;\nclass A { B b; }',
      { 'q/B.java': 'package q; class B {}' },
    ],
    ['types beside it', 'class A { B b; }', { 'B.java': 'class B {}' }],
    ['types by their full name', 'class A { q.B b; }', { 'q/B.java': 'package q; class B {}' }],
    [
      'types within others',
      'import q.B.In;\nclass A {}',
      { 'q/B.java': 'package q; class B { class In {} }' },
    ],
    ['what implements it', 'interface A {}', { 'B.java': 'class B implements A {}' }],
    ['data', 'class A { String s = "/x/app.properties"; }', { 'r/app.properties': '' }],
  ])('%s, in Java', (_, text, others) => {
    expect(programOf({ 'A.java': text, ...others }).neighbours('A.java')).toEqual(
      Object.keys(others),
    )
  })

  it.each([
    ["import a from './b'", 'src/b.ts'],
    ["import './b.js'", 'src/b.ts'],
    ["export * from '../b'", 'b/index.js'],
    ["const b = require('./b')", 'src/b.js'],
    ["await import('./b')", 'src/b.mjs'],
  ])('%s', (text, other) => {
    expect(programOf({ 'src/a.ts': text, [other]: '' }).neighbours('src/a.ts')).toEqual([other])
  })

  it.each([
    ['from . import b', 'p/b.py'],
    ['from .b import x', 'p/b.py'],
    ['from .. import b', 'b.py'],
    ['from b import (x,\n  y)', 'p/b.py'],
    ['import p.b as c', 'p/b.py'],
    ['import q', 'q/__init__.py'],
  ])('%s', (text, other) => {
    expect(programOf({ 'p/a.py': text, [other]: '' }).neighbours('p/a.py')).toEqual([other])
  })

  it('is nothing of a package that is not there', () => {
    const files = { 'a.js': "require('express'); require('./gone')", 'express.js': '' }
    expect(programOf(files).neighbours('a.js')).toEqual([])
  })

  it('is the nearest of several of one name', () => {
    const type = 'package p; class B {}'
    const files = {
      'one/A.java': 'package p; class A { B b; }',
      'one/B.java': type,
      'two/A.java': 'package p; class A { B b; }',
      'two/B.java': type,
    }
    const program = programOf(files)
    expect(program.neighbours('one/A.java')).toEqual(['one/B.java'])
    expect(program.neighbours('two/A.java')).toEqual(['two/B.java'])
    expect(program.find('p.B', 'one/A.java', new Set(['two/B.java']))).toBe('two/B.java')
  })

  it('is the nearest of any number, whatever else is at hand', () => {
    const projects = Array.from({ length: 120 }, (_, i) => `p${i}`)
    const files = Object.fromEntries(
      projects.flatMap((at) => [
        [`${at}/A.java`, 'package p; class A { B b; C c; }'],
        [`${at}/B.java`, 'package p; interface B {}'],
        [`${at}/C.java`, 'package p; class C implements B {}'],
      ]),
    )
    const program = programOf(files)
    for (const at of projects) {
      expect(program.neighbours(`${at}/A.java`)).toEqual([`${at}/B.java`, `${at}/C.java`])
      expect(program.subtypes('p.B', `${at}/B.java`)[0]).toBe(`${at}/C.java`)
    }
    const among = new Set(['p118/C.java', 'p119/C.java'])
    expect(program.subtypes('p.B', 'p0/B.java', among)).toEqual([...among])
  })
})

describe('how far a file reaches', () => {
  const chain = programOf({
    'a.py': 'import b',
    'b.py': 'import c\nimport a',
    'c.py': 'import d',
    'd.py': '',
  })
  const blobs = (changed: string) => (path: string) => (path === changed ? 'new' : path)
  const limits = { distanceMax: 2, filesMax: 10 }

  it('ends at a distance, the nearest first, and not in circles', () => {
    expect(new Reaches(chain, limits).of('a.py')).toMatchObject({
      paths: ['b.py', 'c.py'],
      cut: [],
    })
  })

  it('names what is cut by the number of files', () => {
    const reaches = new Reaches(chain, { distanceMax: 3, filesMax: 1 })
    expect(reaches.of('b.py')).toMatchObject({ paths: ['a.py'], cut: ['c.py'] })
  })

  it.each([
    ['a.py', true],
    ['c.py', true],
    ['d.py', false],
  ])('has another digest when %s changes: %s', (path, isOther) => {
    const digest = (changed: string) => new Reaches(chain, limits).digest('a.py', blobs(changed))
    expect(digest(path) !== digest('')).toBe(isOther)
  })

  it('has no digest where a content has no name', () => {
    expect(new Reaches(chain, limits).digest('a.py', (path) => (path === 'c.py' ? null : ''))).toBe(
      null,
    )
  })

  it('ends at a number of imports, and says so', () => {
    const reaches = new Reaches(chain, { edgesMax: 2, allEdgesMax: 3 })
    expect(reaches.of('a.py')).toEqual({ paths: ['b.py'], cut: [], isOver: true })
    expect(reaches.of('c.py')).toEqual({ paths: ['d.py'], cut: [], isOver: false })
    expect(reaches.of('c.py')).toEqual({ paths: [], cut: [], isOver: true })
  })

  it('has the same digests after it was prepared in steps', async () => {
    const [once, steps] = [new Reaches(chain, limits), new Reaches(chain, limits)]
    await steps.prepare(['d.py', 'a.py'], blobs(''), async () => {})
    expect(steps.digest('a.py', blobs('new'))).toBe(once.digest('a.py', blobs('')))
  })

  it('is bounded where everything needs everything', () => {
    const names = Array.from({ length: 400 }, (_, i) => `m${i}`)
    const all = names.map((name) => `import ${name}`).join('\n')
    const program = programOf(Object.fromEntries(names.map((name) => [`${name}.py`, all])))
    const reaches = new Reaches(program, { distanceMax: 4, filesMax: 100 })
    const digests = new Set<string | null>()
    for (const name of names) {
      const { paths, cut } = reaches.of(`${name}.py`)
      expect([paths.length, cut.length]).toEqual([100, 299])
      digests.add(reaches.digest(`${name}.py`, () => 'x'))
    }
    expect(digests.size).toBe(400)
  })
})
