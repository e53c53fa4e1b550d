import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder } from '../fixtures/folder.ts'
import { listTestFiles, readTestFile } from './suite.ts'

const minimal = 'tests: [{ name: x, principal: {}, action: a, resource: "b:c", expect: deny }]'
const read = (text: string) => readTestFile(join(folder({ 'a.test.yaml': text }), 'a.test.yaml'))

describe('readTestFile', () => {
  it('multiplies lists', async () => {
    const text = minimal.replace('action: a', 'action: [a, b]').replace('"b:c"', '["b:c", "b:d"]')
    const { cases, faults } = await read(text)
    expect(faults).toEqual([])
    expect(cases.map(({ name }) => name)).toEqual([
      'x (USER principal a b:c)',
      'x (USER principal b b:c)',
      'x (USER principal a b:d)',
      'x (USER principal b b:d)',
    ])
  })

  it.each([
    ['a mistyped field', minimal.replace('expect', 'expct'), '(did you mean expect?)'],
    ['an unknown principal', minimal.replace('{}', 'anna'), 'no principal is called anna'],
    ['a resource without type', minimal.replace('b:c', 'b'), 'b has no type; say type:id'],
    ['a fraction', minimal.replace('{}', '{ attributes: { a: 0.5 } }'), 'attributes.a: 0.5 is not'],
    [
      'a forged entity',
      minimal.replace('{}', '{ attributes: { a: { __entity: {} } } }'),
      'reserved',
    ],
    [
      'a time that is none',
      minimal.replace('expect', 'now: noon, expect'),
      'must be a time such as',
    ],
    ['another decision', minimal.replace('deny', 'denied'), 'must be allow or deny'],
    ['too many cases', manyCases(), 'at most 100000 may be'],
    ['no YAML', 'tests: [', ''],
    ['no map', '7', 'expected object'],
    ['nothing', '', 'expected object'],
    ['a bomb of aliases', bomb(), 'alias'],
  ])('names the place of %s', async (_, text, told) => {
    const { faults, cases } = await read(text)
    expect(faults.map(({ field, message }) => `${field}: ${message}`).join()).toContain(told)
    expect(faults[0]?.path).toContain('a.test.yaml')
    expect(cases).toEqual([])
  })
})

function manyCases(): string {
  const list = JSON.stringify(Array.from({ length: 400 }, (_, index) => `a:${index}`))
  return minimal.replace('action: a', `action: ${list}`).replace('"b:c"', list)
}

function bomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) =>
    level === 0 ? 'a0: &a0 [x]' : `a${level}: &a${level} [${Array(9).fill(`*a${level - 1}`)}]`,
  )
  return levels.join('\n')
}

describe('listTestFiles', () => {
  it('finds the tests of a folder, and those beside a policy', async () => {
    const dir = folder({ 'a.yaml': '', 'a.test.yaml': '', 'b.test.json': '', 'c.yaml': '' })
    const names = (files: string[]) => files.map((path) => path.slice(dir.length + 1))
    expect(names(await listTestFiles([dir]))).toEqual(['a.test.yaml', 'b.test.json'])
    expect(names(await listTestFiles([join(dir, 'a.yaml'), dir]))).toHaveLength(2)
    await expect(listTestFiles([join(dir, 'c.yaml')])).rejects.toThrow('there are no tests of')
    await expect(listTestFiles([join(dir, 'd')])).rejects.toThrow('not found')
  })
})
