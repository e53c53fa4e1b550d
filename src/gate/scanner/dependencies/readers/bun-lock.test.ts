import { expect, it } from 'vitest'
import { told } from '../fixtures/unit.ts'

const lock = `{
  "lockfileVersion": 1,
  // a comment
  "workspaces": {
    "": {
      "name": "shop",
      "dependencies": { "@a/one": "^1.0.0" },
      "devDependencies": { "two": "^2" },
    },
    "tools": { "name": "@shop/tools", "dependencies": { "two": "1" } },
  },
  "packages": {
    "@a/one": ["@a/one@1.2.3", "", { "dependencies": { "three": "3" } }, "sha512-abc=="],
    "@shop/tools": ["@shop/tools@workspace:tools"],
    "three": ["three@3.1.0", "", {}, "sha512-def=="],
    "two": ["two@2.9.0", "", { "dependencies": { "four": "4" } }, "sha512-ghi=="],
    "two/four": ["four@github:example/four#c0ffee", {}, "c0ffee"],
    "@shop/tools/two": ["two@1.0.0", "", {}, "sha512-jkl=="],
  }
}
`

it('reads bun.lock with its commas, comments and nested packages', () => {
  expect(told({ 'bun.lock': lock })).toEqual([
    '@a/one: @a/one@1.2.3 direct',
    'three: three@3.1.0 indirect by @a/one@1.2.3',
    'two: two@2.9.0 direct dev',
    'two/four: four@(null) indirect dev by two@2.9.0 from github:example/four#c0ffee',
    '@shop/tools/two: two@1.0.0 direct',
  ])
})
