import type { ArgsDef } from 'citty'
import { describe, expect, it } from 'vitest'
import { checkArguments, valuesOf } from './arguments.ts'

const args = {
  path: { type: 'positional', default: '.' },
  format: { type: 'string', alias: 'f' },
  'fail-on': { type: 'enum', options: ['high', 'low'] },
  strict: { type: 'boolean' },
  cache: { type: 'boolean', default: true },
} satisfies ArgsDef

const check = (...raw: string[]) => checkArguments(args, raw)

describe('checkArguments', () => {
  it('lets pass what is known', () => {
    check()
    check('folder', '--format', 'json', '--format=x', '-f', 'y', '--strict', '--no-cache')
    check('--fail-on', 'low', '--', '--strange-name')
    check('--no-strict', '--cache', '-')
  })

  it.each([
    [['--fail-no', 'high'], 'unknown option --fail-no (did you mean --fail-on?)'],
    [['--cahe'], 'unknown option --cahe'],
    [['--no-cahe'], 'unknown option --no-cahe (did you mean --no-cache?)'],
    [['--no-format'], 'unknown option --no-format'],
    [['-x'], 'unknown option -x'],
    [['--format'], '--format needs a value'],
    [['--format='], '--format needs a value'],
    [['--format', '--strict'], '--format needs a value'],
    [['--strict=maybe'], '--strict takes no value'],
    [['--fail-on', 'hihg'], '--fail-on does not take "hihg" (did you mean high?)'],
    [['a', 'b'], 'unexpected argument "b"'],
  ])('refuses %j', (raw, message) => {
    expect(() => check(...raw)).toThrow(message)
  })
})

describe('valuesOf', () => {
  it('answers every value of an option in order', () => {
    const raw = ['--format', 'json', '.', '--format=sarif=out', '--strict', '--', '--format', 'x']
    expect(valuesOf(args, raw, 'format')).toEqual(['json', 'sarif=out'])
    expect(valuesOf(args, [], 'format')).toEqual([])
  })
})
