// Calls from one module of JavaScript or Python into others, as files name each other in practice.
import { describe, expect, it } from 'vitest'
import { SourceText } from '../source-text.ts'
import type { Frontend } from './frontend.ts'
import { javascript } from './javascript/frontend.ts'
import { Program } from './program/program.ts'
import { pythonFrontend } from './python/frontend.ts'
import { toyEngine } from './toy.fixture.ts'

const models = `
functions:
  - { call: toy.read, source: { kind: request, label: input } }
  - { call: toy.leak, flows: [], sinks: [{ rule: flow, argument: 0 }] }
`

async function engineOf(frontend: Frontend) {
  const engine = toyEngine(frontend, models)
  await engine.prepare(`a${frontend.extensions[0]}`)
  /** `path:line` of what is found in the first file and where it leads, with the way there. */
  return (files: Record<string, string>): string[] => {
    const sources = Object.entries(files).map(([path, t]) => new SourceText(path, Buffer.from(t)))
    const outlined = sources.flatMap((source) => {
      const outline = engine.outline?.(source) ?? null
      return outline === null ? [] : [{ path: source.path, outline }]
    })
    const [first] = sources
    if (first === undefined) throw new Error('a file is needed')
    const found = engine.scan(
      first,
      { expired: () => false },
      {
        program: new Program(outlined),
        reach: new Set(Object.keys(files)),
        cut: new Set(),
        open: (path) => sources.find((source) => source.path === path) ?? null,
      },
    )
    expect(found.incomplete).toBeNull()
    return found.weaknesses.map(({ source, start, steps }) => {
      const through = new Set(steps.map((step) => step.source.path))
      return `${source.path}:${source.positionAt(start).line} ${[...through].join(' ')}`
    })
  }
}

const script = await engineOf(javascript)
const python = await engineOf(pythonFrontend)

describe('a function of another module of JavaScript', () => {
  const leak = "const toy = require('toy')\n"
  const ask = "const toy = require('toy'); "

  it.each([
    ['exports.run', "require('./dao').run", 'exports.run = (q) => toy.leak(q)', 'dao.js'],
    [
      'module.exports.run',
      "require('./dao').run",
      'module.exports.run = (q) => toy.leak(q)',
      'dao.js',
    ],
    ['an object', "require('./dao').run", 'module.exports = { run(q) { toy.leak(q) } }', 'dao.js'],
    [
      'the module itself',
      "require('./dao')",
      'module.exports = function (q) { toy.leak(q) }',
      'dao.js',
    ],
    ['in a folder', "require('./dao').run", 'exports.run = (q) => toy.leak(q)', 'dao/index.js'],
    [
      'of another ending',
      "require('./dao').run",
      'export const run = (q) => toy.leak(q)',
      'dao.ts',
    ],
    [
      'with a dot in its name',
      "require('./a.dao').run",
      'exports.run = (q) => toy.leak(q)',
      'a.dao.ts',
    ],
    ['a default', "require('./dao').default", 'export default (q) => toy.leak(q)', 'dao.mjs'],
    [
      'a named function',
      "require('./dao').run",
      'export { a as run }; function a(q) { toy.leak(q) }',
      'dao.js',
    ],
  ])('%s', (_, callee, body, path) => {
    const files = { 'app.js': `${ask}(${callee})(toy.read())`, [path]: `${leak}${body}` }
    expect(script(files)).toEqual([`${path}:2 app.js ${path}`])
  })

  it.each([
    ['a class', 'class Dao { run(q) { toy.leak(q) } }\nmodule.exports = Dao', 'new Dao().run'],
    ['a class by name', 'class A { run(q) { toy.leak(q) } }\nexports.Dao = A', 'new Dao.Dao().run'],
    [
      'a function that makes an object',
      'function Dao(db) { this.run = (q) => toy.leak(q) }\nmodule.exports = Dao',
      'new Dao(1).run',
    ],
    [
      'an object that is made once',
      'class A { run(q) { toy.leak(q) } }\nmodule.exports = new A()',
      'Dao.run',
    ],
  ])('of %s', (_, body, callee) => {
    const app = `${ask}const Dao = require('../dao'); ${callee}(toy.read())`
    const files = { 'web/app.js': app, 'dao.js': `${leak}${body}` }
    expect(script(files)).toEqual(['dao.js:2 web/app.js dao.js'])
  })

  it('of a class that a constructor is given, by its type', () => {
    const files = {
      'src/a.controller.ts': `import * as toy from 'toy'; import { A } from './a.service'
        export class C { constructor(private readonly a: A) {} get() { this.a.run(toy.read()) } }`,
      'src/a.service.ts': `import * as toy from 'toy'
        export class A extends B { run(q) { toy.leak(q) } }\nclass B {}`,
    }
    expect(script(files)).toEqual(['src/a.service.ts:2 src/a.controller.ts src/a.service.ts'])
  })

  it('is found through modules that pass it on', () => {
    const files = {
      'app.mjs': `import toy from 'toy'; import { run, all } from './lib'
        run(toy.read()); all.run(toy.read())`,
      'lib/index.mjs': "export * from './one'; export * as all from './two'",
      'lib/one.mjs': "export { go as run } from './two'",
      'lib/two.mjs':
        "import toy from 'toy'\nexport const go = (q) => toy.leak(q)\n" +
        'export function run(q) { toy.leak(q) }',
    }
    expect(script(files)).toEqual([
      'lib/two.mjs:2 app.mjs lib/two.mjs',
      'lib/two.mjs:3 app.mjs lib/two.mjs',
    ])
  })

  it('brings back what comes from outside, or nothing of it', () => {
    const files = {
      'app.js': `${ask}const { ask, name } = require('./ask')
        toy.leak(ask()); toy.leak(name(toy.read()))`,
      'ask.js': `${leak}exports.ask = () => toy.read(); exports.name = (x) => 'fixed'`,
    }
    expect(script(files)).toEqual(['app.js:2 ask.js app.js'])
  })

  it('is only supposed to pass data on where its file is not there', () => {
    expect(script({ 'app.js': `${ask}toy.leak(require('./gone').x(toy.read()))` })).toEqual([
      'app.js:1 app.js',
    ])
  })

  it('is followed through as many files as people can follow', () => {
    const pass = (next: string) => `${leak}exports.run = (q) => require('./${next}').run(q)`
    const files = { 'a.js': `${ask}require('./b').run(toy.read())`, 'b.js': pass('c') }
    const last = `${leak}exports.run = (q) => toy.leak(q)`
    expect(script({ ...files, 'c.js': pass('d'), 'd.js': last })).toHaveLength(1)
    expect(script({ ...files, 'c.js': pass('d'), 'd.js': pass('e'), 'e.js': last })).toEqual([])
  })

  it('is found although modules need each other', () => {
    const files = {
      'a.js': `${ask}const b = require('./b'); exports.go = (q) => toy.leak(q); b.run(toy.read())`,
      'b.js': `${leak}const a = require('./a')\nexports.run = (q) => { toy.leak(q); a.go(q) }`,
    }
    expect(script(files)).toEqual(['a.js:1 a.js b.js', 'b.js:3 a.js b.js'])
  })

  it('is not mixed up with one of the same name', () => {
    const dao = (body: string) => `${leak}class Dao { run(q) { ${body} } }\nmodule.exports = Dao`
    const files = {
      'app.js': `${ask}class Dao { run(q) {} }\nconst A = require('./a/dao'), B = require('./b/dao')
        new Dao().run(toy.read()); new A().run(toy.read()); new B().run(toy.read())`,
      'a/dao.js': dao(''),
      'b/dao.js': dao('toy.leak(q)'),
    }
    expect(script(files)).toEqual(['b/dao.js:2 app.js b/dao.js'])
  })
})

describe('a function of another module of Python', () => {
  const run = 'import toy\ndef run(q):\n    toy.leak(q)\n'

  it.each([
    ['beside it', 'from .dao import run', 'run', 'app/dao.py'],
    ['by its module', 'from . import dao', 'dao.run', 'app/dao.py'],
    ['of a folder above', 'from ..dao import run', 'run', 'dao.py'],
    ['from the root', 'import app.dao', 'app.dao.run', 'app/dao.py'],
    ['under another name', 'import app.dao as d', 'd.run', 'app/dao.py'],
    ['of a package', 'from app.dao import run', 'run', 'app/dao/__init__.py'],
    ['of a folder that Python is told of', 'from lib.dao import run', 'run', 'src/lib/dao.py'],
    ['with all else', 'from app.dao import *', 'run', 'app/dao.py'],
  ])('%s', (_, line, callee, path) => {
    const files = { 'app/web.py': `import toy\n${line}\n${callee}(toy.read())`, [path]: run }
    expect(python(files)).toEqual([`${path}:3 app/web.py ${path}`])
  })

  it('of a class', () => {
    const files = {
      'web.py': 'import toy\nfrom dao import Dao\nDao(toy.read()).run()\n',
      'dao.py': `import toy\nfrom base import Base\nclass Dao(Base):
    def __init__(self, q):\n        super().__init__(q)
    def run(self):\n        toy.leak(self.q)\n`,
      'base.py': 'class Base:\n    def __init__(self, q):\n        self.q = q\n',
    }
    expect(python(files)).toEqual(['dao.py:7 web.py dao.py base.py'])
  })

  it('is found through a package that passes it on, and in circles', () => {
    const files = {
      'web.py': 'import toy\nfrom lib import run\nrun(toy.read())\n',
      'lib/__init__.py': 'from .dao import run\nfrom .other import *\n',
      'lib/dao.py': `from . import other\n${run}`,
      'lib/other.py': 'from . import dao\n',
    }
    expect(python(files)).toEqual(['lib/dao.py:4 web.py lib/dao.py'])
  })
})
