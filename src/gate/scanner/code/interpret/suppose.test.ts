// What is believed of functions of which only the name is known.
import { expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { javascript } from '../javascript/frontend.ts'
import { toyEngine } from '../toy.fixture.ts'

const engine = toyEngine(
  javascript,
  `
functions:
  - { call: toy.read, source: { kind: request, label: input } }
  - { call: toy.leak, flows: [], sinks: [{ rule: flow, argument: 0 }] }
  - { call: ['*.replace:pattern'], does: text.replace-pattern }
`,
)

function isFound(body: string, path = 'a.js'): boolean {
  const head = "const toy = require('toy'), lib = require('lib'); const v = toy.read();"
  const source = new SourceText(path, Buffer.from(`${head} function f(user) { ${body} } f(user)`))
  return engine.scan(source, { expired: () => false }).weaknesses.length > 0
}

it.each([
  ['if (lib.isValid(v)) toy.leak(v)', false],
  ['if (!lib.isValid(v)) toy.leak(v)', true],
  ['if (!lib.isValid(v)) return; toy.leak(v)', false],
  ['if (lib.isUnsafe(v)) toy.leak(v)', true],
  ['if (lib.isUnsafe(v)) return; toy.leak(v)', false],
  ['if (lib.isNotAllowed(v)) return; toy.leak(v)', false],
  ['if (lib.isValidLength(v)) toy.leak(v)', true],
  ['if (lib.isTrustedUser(user, v)) toy.leak(v)', true],
])('%s: found %s', (body, expected) => {
  expect(isFound(body)).toBe(expected)
})

it.each([
  ['/[^a-z]/g, ""', false],
  ['/[^A-Za-z0-9_-]+/g, "-"', false],
  ['/[^-\\w]/g, ""', false],
  ['/\\W/g, ""', false],
  ['/[^a-z]/g, toy.read()', true],
  ['/[^a-z]/g, (sign) => sign', true],
  ['/[^ -z]/g, ""', true],
  ['/[^A-z]/g, ""', true],
  ['/[^\\w\\s]/g, ""', true],
  ['/[^a-z]/, ""', true],
])('v.replace(%s): found %s', (given, expected) => {
  expect(isFound(`toy.leak(v.replace(${given}))`)).toBe(expected)
})

it('is silent in the code of tests', () => {
  expect(isFound('toy.leak(v)', 'src/a.js')).toBe(true)
  expect(isFound('toy.leak(v)', 'src/a.test.js')).toBe(false)
})
