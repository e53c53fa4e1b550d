import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readSettings } from './read-settings.ts'
import { noSettings, SettingsError } from './settings.ts'
import { settingsSchema } from './settings-schema.ts'

const ajv = new Ajv.default()
addFormats.default(ajv)
const validate = ajv.compile(settingsSchema)

const whole = `# all there is
scan:
  engines: [secrets, code]
  fail-on: medium
  exclude: ["/docs", "*.gen.ts"]
  baseline: known.json
rules:
  disable: [weak-hash]
  severity: { sql-injection: critical }
ignores:
  - rule: CVE-2021-23337
    package: lodash@4.17.15
    reason: only at build time
    expires: 2026-12-31
  - fingerprint: 0123456789abcdef0123456789abcdef
    path: src/a.ts
    reason: "no"
`

const refused = (text: string): SettingsError => {
  try {
    readSettings(text, 'panthera.yaml')
  } catch (error) {
    if (error instanceof SettingsError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('readSettings', () => {
  it('reads everything', () => {
    expect(readSettings(whole, 'panthera.yaml')).toEqual({
      scan: {
        engines: ['secrets', 'code'],
        failOn: 'medium',
        exclude: ['/docs', '*.gen.ts'],
        baseline: 'known.json',
      },
      rules: { disable: ['weak-hash'], severity: new Map([['sql-injection', 'critical']]) },
      ignores: [
        {
          rule: 'CVE-2021-23337',
          package: 'lodash@4.17.15',
          path: null,
          fingerprint: null,
          reason: 'only at build time',
          expires: '2026-12-31',
          line: 11,
        },
        {
          rule: null,
          package: null,
          path: 'src/a.ts',
          fingerprint: '0123456789abcdef0123456789abcdef',
          reason: 'no',
          expires: null,
          line: 15,
        },
      ],
    })
    expect(validate(parse(whole)), JSON.stringify(validate.errors)).toBe(true)
  })

  it.each(['', '# nothing yet\n', 'scan:\n', 'scan: {}\nrules:\nignores: []\n'])(
    'reads %j as nothing said',
    (text) => {
      expect(readSettings(text, 'panthera.yaml')).toEqual(noSettings)
    },
  )

  it.each([
    ['scna: {}', 'panthera.yaml:1: unknown key "scna"', 'scna'],
    ['scan:\n  fail-no: high', 'panthera.yaml:2: unknown key "scan.fail-no"', 'fail-no'],
    ['\nscan: { fail-on: hihg }', 'panthera.yaml:2: scan.fail-on must be one of', 'hihg'],
    ['scan:\n  engines:\n    - code\n    - secret', 'panthera.yaml:4: scan.engines', 'secret'],
    ['rules:\n  severity:\n    a: bad', 'panthera.yaml:3: rules.severity.a', 'bad'],
    ['ignores:\n  - rule: a\n    resaon: b', 'panthera.yaml:3: unknown key', 'resaon'],
    ['ignores:\n  - rule: a', 'panthera.yaml:2: ignores[0] must give a reason', null],
    ['ignores:\n  - reason: a', 'ignores[0] must name a rule, a package or a fingerprint', null],
    ['ignores:\n  - {rule: a, reason: b, expires: soon}', 'a day such as 2026-01-31', null],
    ['ignores:\n  - {rule: a, reason: b, expires: 2026-13-01}', 'a day that is none', null],
    ['ignores: a', 'panthera.yaml:1: ignores must be a list', null],
    ['- a', 'panthera.yaml:1: it must be a mapping', null],
    ['scan: [', 'panthera.yaml:', null],
    ['scan: {}\nscan: {}', 'panthera.yaml:2:', null],
    [`scan: ${'['.repeat(5_000)}`, 'panthera.yaml:', null],
    [`a: "${'\\\n'.repeat(40_000)}"`, 'panthera.yaml:1: it has over 65536 characters', null],
    [`scan: {exclude: [${'a, '.repeat(501)}]}`, 'must not exclude more than 500 patterns', null],
    [`scan:\n  exclude: ["${'**/a/'.repeat(9)}"]`, 'has "**" over 8 times: **/a/', null],
    [
      `ignores:\n  - {rule: a, reason: b, path: "${'a'.repeat(513)}"}`,
      'ignores[0] has in path a pattern that has over 512 characters: aaa',
      null,
    ],
  ])('refuses %j', (text, message, typed) => {
    const error = refused(text)
    expect(error.message).toContain(message)
    expect(error.unknown?.typed ?? null).toBe(typed)
  })

  it('is refused by the schema for editors where it is refused here', () => {
    for (const text of ['scna: {}', 'ignores: [{rule: a}]', 'scan: {engines: [secret]}']) {
      expect(validate(parse(text))).toBe(false)
      refused(text)
    }
  })
})
