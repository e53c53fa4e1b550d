import { expect, it } from 'vitest'
import { keyText, parseLooseJson, stringAt, walkJsonKeys } from './json.ts'

const text = `{
  "a": {"b": 1, "c\\"d": ["x", {"e" : "f:"}], "g": {}},
  "h" : "\\\\",
  "i": [[], {"j": null}]
}`

function visited(inside: (name: string) => boolean): string[] {
  const found: string[] = []
  walkJsonKeys(text, (key) => {
    const name = keyText(text, key)
    found.push(`${key.depth} ${name} ${text.slice(key.value, key.value + 2)}`)
    return inside(name)
  })
  return found
}

it('visits all keys with their depths and values', () => {
  expect(visited(() => true)).toEqual([
    '1 a {"',
    '2 b 1,',
    '2 c"d ["',
    '4 e "f',
    '2 g {}',
    '1 h "\\',
    '1 i [[',
    '3 j nu',
  ])
})

it('passes over what it is not to look into', () => {
  expect(visited((name) => name === 'a')).toEqual([
    '1 a {"',
    '2 b 1,',
    '2 c"d ["',
    '2 g {}',
    '1 h "\\',
    '1 i [[',
  ])
})

it('reads the text at a place', () => {
  expect(stringAt(text, text.indexOf('"f:"'))).toBe('f:')
  expect(stringAt(text, text.indexOf('1'))).toBeNull()
})

it('reads JSON with comments and commas, and leaves them in texts', () => {
  const loose = '{ // one, ]\n "a": [1, /* , } */ 2,\n ], "b": ", ] // \\" /* x",\n}'
  expect(parseLooseJson(loose)).toEqual({ a: [1, 2], b: ', ] // " /* x' })
})
