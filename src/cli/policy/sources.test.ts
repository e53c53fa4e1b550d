import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder } from '../fixtures/folder.ts'
import { findPolicyOf, listPolicyFiles, readPolicyFile } from './sources.ts'

const read = (name: string, text: string) => readPolicyFile(join(folder({ [name]: text }), name))
const rules = '[{"effect":"allow","actions":["a"]}]'

describe('readPolicyFile', () => {
  it.each([
    ['a.json', `{"name":"x","status":"draft","metadata":{"owner":"y"},"rules":${rules}}`],
    ['a.yaml', rules],
    ['a.yml', 'cedar: permit(principal is User, action, resource);'],
    ['a.cedar', 'permit(principal is User, action, resource);'],
  ])('reads %s', async (name, text) => {
    const { policies, errors, archived } = await read(name, text)
    expect(errors).toEqual([])
    expect(policies.map(({ json }) => json.effect)).toEqual(['permit'])
    expect(archived).toBe(false)
  })

  it('knows policies by whatever people call them', async () => {
    const [rule] = (await read('a.json', `{"name":"Docs","rules":${rules}}`)).policies
    expect(rule?.names).toEqual(
      expect.arrayContaining(['Docs', 'a.json', 'rules[0]', 'a.json rules[0]']),
    )
    const text = '\n@id("own")\npermit(principal is User, action, resource);'
    const [policy] = (await read('a.cedar', text)).policies
    expect(policy?.names).toEqual(expect.arrayContaining(['own', 'a.cedar', 'a.cedar:2']))
  })

  it('tells which the server would not decide by', async () => {
    const { archived } = await read('a.json', `{"status":"archived","rules":${rules}}`)
    expect(archived).toBe(true)
  })

  it.each([
    [
      rules.replace('"actions"', '"action":[],"actions"'),
      'is not a known field (did you mean actions?)',
    ],
    ['{"rules": []}', 'must hold a rule at least'],
    ['[]', 'must hold a rule at least'],
    ['{"rules": [], "cedar": ""}', 'rules or cedar, one of the two'],
    ['{"name": "x"}', 'rules or cedar, one of the two'],
    ['{"rule": []}', '(did you mean rules?)'],
    ['7', 'expected object'],
    ['{"cedar": "permit(principal, action)"}', 'line 1, column 26: unexpected end of input'],
    [
      '{"cedar": "permit(principal == ?principal, action, resource);"}',
      'a template decides nothing',
    ],
    ['{"cedar": "// nothing"}', 'the text holds no policy'],
    ['{"rules": [], "rules": []}', 'unique'],
    ['['.repeat(20_000) + ']'.repeat(20_000), 'nests too deeply'],
  ])('refuses %.60s', async (text, told) => {
    const { errors, policies } = await read('a.json', text)
    expect(errors.map(({ message }) => message).join()).toContain(told)
    if (!text.includes('?principal')) expect(policies).toEqual([])
  })

  it.each([
    ['a.txt', 'x', 'is no policy'],
    ['a.test.yaml', rules, 'is no policy'],
    ['a.cedar', 'x'.repeat(1_048_577), 'is larger than'],
    ['a.cedar', Buffer.from([0xff]), 'is not text in UTF-8'],
  ])('does not take %s', async (name, text, told) => {
    await expect(read(name, text as string)).rejects.toThrow(told)
  })
})

describe('files of policies', () => {
  it('are those of a folder, without tests and other things', async () => {
    const dir = folder({ 'a.yaml': '', 'a.test.yaml': '', 'b.cedar': '', 'c.md': '' })
    const found = await listPolicyFiles([dir, join(dir, 'b.cedar')])
    expect(found).toEqual([join(dir, 'a.yaml'), join(dir, 'b.cedar')])
    expect(await findPolicyOf(join(dir, 'a.test.yaml'))).toEqual([join(dir, 'a.yaml')])
    await expect(findPolicyOf(join(dir, 'z.test.yaml'))).rejects.toThrow('there is no policy')
  })
})
