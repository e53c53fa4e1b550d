import { describe, expect, it } from 'vitest'
import { SourceText } from '../source-text.ts'
import { createDependencyEngine } from './engine.ts'
import { forms } from './fixtures/forms.ts'
import { scanUnit, told, unlimited } from './fixtures/unit.ts'
import { packagesPerFileMax } from './package-graph.ts'
import { readers } from './readers/readers.ts'

describe('every form of file', () => {
  it('has an example', () => {
    const paths = Object.keys(forms)
    const unread = readers.filter(
      (reader) => !paths.some((path) => reader.reads(path.slice(path.lastIndexOf('/') + 1), path)),
    )
    expect(unread).toEqual([])
  })

  it.each(Object.keys(forms))('%s is wanted and read whole', (path) => {
    const engine = createDependencyEngine()
    const source = new SourceText(path, Buffer.from(forms[path] ?? ''))
    expect(engine.wants(path)).toBe(true)
    expect(engine.membership(source)?.kind).toBe('dependencies')
    expect(engine.scan({ kind: 'dependencies', files: [source] }, unlimited).incomplete).toBeNull()
  })

  it('is not wanted by another name', () => {
    const { wants } = createDependencyEngine()
    const others = [
      'lock.json',
      'src/package.ts',
      'a/requirements.md',
      'mypackage.json',
      'xpom.xml',
    ]
    expect(others.filter(wants)).toEqual([])
  })
})

it('reads what Windows writes like all else', () => {
  for (const [path, text] of Object.entries(forms)) {
    const windows = `\ufeff${text.replaceAll('\n', '\r\n')}`
    const names = ({ packages, incomplete }: ReturnType<typeof scanUnit>) => [
      ...packages.map(({ name, version, place }) => `${name}@${version} ${place.line}`),
      incomplete,
    ]
    expect(names(scanUnit({ [path]: windows })), path).toEqual(names(scanUnit({ [path]: text })))
  }
})

it('says which file it could not read, and reads the others', () => {
  const lines = told({
    'a/package-lock.json': '{',
    'b/go.mod': 'require x.test/a v1.0.0\n',
    'c/uv.lock': '=',
  })
  expect(lines).toEqual([
    'x.test/a: x.test/a@v1.0.0 direct',
    'incomplete: a/package-lock.json: not valid JSON; c/uv.lock: not valid TOML',
  ])
})

it('stops at its limits and keeps what it has', () => {
  const many = Array.from(
    { length: packagesPerFileMax + 1 },
    (_, n) => `require x.test/a${n} v1.0.0`,
  )
  const all = scanUnit({ 'go.mod': many.join('\n') })
  expect(all.packages).toHaveLength(packagesPerFileMax)
  expect(all.incomplete).toBe('go.mod: only its first 100000 packages were read')
  const late = scanUnit({ 'go.mod': many.slice(0, 1000).join('\n') }, { expired: () => true })
  expect(late.packages).toHaveLength(255)
  expect(late.incomplete).toBe('go.mod: time was up before all of it was read')
})

it('takes keys of prototypes for names', () => {
  const text = `{"packages":{"":{"dependencies":{"__proto__":"1","constructor":"1"}},
    "node_modules/__proto__":{"version":"1.0.0","dependencies":{"toString":"1"}},
    "node_modules/constructor":{"version":"2.0.0","__proto__":{"dev":true}}}}`
  expect(told({ 'package-lock.json': text })).toEqual([
    '__proto__: __proto__@1.0.0 direct',
    'constructor: constructor@2.0.0 direct',
  ])
})
