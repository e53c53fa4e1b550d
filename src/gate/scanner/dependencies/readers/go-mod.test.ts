import { expect, it } from 'vitest'
import { told } from '../fixtures/unit.ts'

const mod = `module example.test/shop

go 1.21.3

toolchain go1.22rc1

require github.com/a/one v1.2.3 // pinned
require (
	github.com/a/two/v2 v2.0.0-20230101000000-abcdefabcdef // indirect
	"github.com/a/three" v3.0.0+incompatible
	github.com/a/four v1.0.0
	github.com/a/five v1.0.0 // indirect; for reasons
	example.test/own v0.0.0
	github.com/a/gone v1.0.0
)

exclude github.com/a/gone v1.0.0

replace (
	github.com/a/four => github.com/fork/four v1.1.0
	github.com/a/five v1.0.0 => github.com/a/five v1.0.1
	example.test/own => ../own
)
`

it('reads go.mod with what it replaces and excludes', () => {
  const sum = 'github.com/a/other v1.0.0 h1:abc=\n'
  expect(told({ 'go.mod': mod, 'go.sum': sum })).toEqual([
    'go1.22rc1: stdlib@1.22.0-rc.1 direct',
    'github.com/a/one: github.com/a/one@v1.2.3 direct',
    'github.com/a/two/v2: github.com/a/two/v2@v2.0.0-20230101000000-abcdefabcdef indirect',
    'github.com/a/three: github.com/a/three@v3.0.0+incompatible direct',
    'github.com/a/four: github.com/fork/four@v1.1.0 direct',
    'github.com/a/five: github.com/a/five@v1.0.1 indirect',
  ])
})

it('fills in from go.sum before Go 1.17', () => {
  const older = 'module m\ngo 1.16\nrequire github.com/a/one v1.2.3\nreplace a.test/x => ./x\n'
  const sum = `github.com/a/one v1.2.3 h1:abc=
github.com/a/one v1.2.3/go.mod h1:abc=
github.com/a/two v1.9.0 h1:abc=
github.com/a/two v1.10.0 h1:abc=
github.com/a/two v2.0.0/go.mod h1:abc=
a.test/x v1.0.0 h1:abc=
`
  expect(told({ 'go.mod': older, 'go.sum': sum })).toEqual([
    '1.16: stdlib@(>=1.16) direct',
    'github.com/a/one: github.com/a/one@v1.2.3 direct',
    'github.com/a/two: github.com/a/two@v1.10.0 indirect',
  ])
})

it.each([
  ['go 1.20', 'stdlib@(>=1.20)'],
  ['go 1.21', 'stdlib@(>=1.21)'],
  ['go 1.21.0', 'stdlib@1.21.0'],
  ['go 1.21rc2', 'stdlib@1.21.0-rc.2'],
  ['go 1.21\ntoolchain go1.21.9-suffix', 'stdlib@1.21.9'],
  ['go 1.21\ntoolchain default', 'stdlib@(>=1.21)'],
])('takes the standard library of %j for %s', (directives, expected) => {
  expect(told({ 'go.mod': `module m\n${directives}\n` }).map((line) => line.split(' ')[1])).toEqual(
    [expected],
  )
})
