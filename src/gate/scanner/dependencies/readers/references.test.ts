import { expect, it } from 'vitest'
import { fillIn } from './references.ts'

const reference = /\$\(([^()]*)\)/g

it.each([
  ['1.0', '1.0'],
  ['$(a)', '1'],
  ['$( b ).$(a)', '1-2.1'],
  ['$(nowhere)', null],
  ['$(a)$(nowhere)', null],
  ['$(loop)', null],
  ['$(more0)', null],
  ['$(empty0)', null],
  ['x'.repeat(1000), null],
])('fills in %s', (text, expected) => {
  const values = new Map([
    ['a', '1'],
    ['b', '$(a)-2'],
    ['loop', '$(loop)'],
  ])
  for (let n = 0; n < 9; n++) {
    values.set(`more${n}`, `$(more${n + 1})`.repeat(30))
    values.set(`empty${n}`, `$(empty${n + 1})`.repeat(30))
  }
  values.set('more9', 'x').set('empty9', '')
  expect(fillIn(text, reference, (name) => values.get(name) ?? null)).toBe(expected)
})
