// What is secret does not reach the log, and what is not stays readable.
import { expect, it } from 'vitest'
import { mask, masked, maskedEntities } from './mask.ts'

const shown = (value: unknown) => JSON.parse(masked(value, JSON.stringify(value)))
const jwt = ['eyJhbGciOiJub25lIn0', 'eyJzdWIiOiJ4In0', ''].join('.')

it.each([
  ['password', 'hunter2'],
  ['pwd', 'x'],
  ['dbPassword', 'x'],
  ['accesstoken', 'x'],
  ['API-KEY', 'x'],
  ['apiKey2', 'x'],
  ['privateKey', 'x'],
  ['x_token_old', 'x'],
  ['Set-Cookie', 'x'],
  ['ssn', '078-05-1120'],
  ['ssn', 78_051_120],
  ['pin', 1_234],
  ['credentials', { user: 'x', phrase: 'y' }],
  ['tokens', ['x', 'y']],
  ['x', 'Bearer abc'],
  ['header', ' bearer  abc '],
  ['x', `Basic ${'dXNlcjpw'}YXNz`],
  ['x', jwt],
  ['url', `https://example.com/?at=${jwt}`],
  ['x', ['-----BEGIN', 'PRIVATE KEY-----'].join(' ')],
  ['x', ['ghp', 'abcdefghijkl'].join('_')],
])('masks %s %j', (name, value) => {
  expect(shown({ deep: [{ [name]: value, other: 1 }] })).toEqual({
    deep: [{ [name]: mask, other: 1 }],
  })
})

it.each([
  ['token_count', 5],
  ['tokenCount', '5'],
  ['password_age', 'P3D'],
  ['token_type', 'access'],
  ['has_password', true],
  ['passenger', 'x'],
  ['secretary', 'x'],
  ['keyboard', 'x'],
  ['key', 'x'],
  ['spin', 'x'],
  ['token', null],
  ['x', 'Basic plan'],
  ['x', 'the bearer of this'],
])('leaves %s %j', (name, value) => {
  expect(shown({ [name]: value })).toEqual({ [name]: value })
})

it('masks attributes of entities, and leaves what they are named', () => {
  const entity = { uid: { type: 'token', id: jwt }, attrs: { api_token: 'x', level: 3 } }
  const text = maskedEntities([entity], JSON.stringify([entity]))
  expect(JSON.parse(text)).toEqual([{ uid: entity.uid, attrs: { api_token: mask, level: 3 } }])
})
