import { describe, expect, it } from 'vitest'
import { parseSecretRules, readCompiledSecretRules } from './rule.ts'

const head = 'provider: Shop\nremediation: Revoke it.\nrules:\n'
const rule = `  - id: shop-key
    title: Shop key
    severity: high
    description: It opens the shop.
    keywords: [shk_]
`
const pattern = String.raw`    pattern: '\b(?<secret>shk_[a-z0-9]{32})\b'
`
const parse = (text: string) => parseSecretRules([{ path: 'shop.yaml', text }])

describe('parseSecretRules', () => {
  it('fills in what may be left out', () => {
    expect(parse(head + rule + pattern)).toEqual([
      {
        id: 'shop-key',
        aliases: [],
        provider: 'Shop',
        title: 'Shop key',
        severity: 'high',
        description: 'It opens the shop.',
        remediation: 'Revoke it.',
        cweId: 'CWE-798',
        references: [],
        keywords: ['shk_'],
        form: { kind: 'pattern', pattern: String.raw`\b(?<secret>shk_[a-z0-9]{32})\b`, reach: 200 },
        entropyMin: 0,
        check: null,
        allow: { values: [], paths: [], places: [] },
      },
    ])
  })

  it('takes blanks in patterns for layout', () => {
    const folded = '    pattern: >-\n      (?<secret>shk_\n      [a-z]{3}\\x20x)\n'
    expect(parse(head + rule + folded)[0]?.form).toMatchObject({
      pattern: '(?<secret>shk_[a-z]{3}\\x20x)',
    })
  })

  it('sorts by id, whatever the order of the files', () => {
    const texts = ['b-key', 'a-key', 'c-key'].map((id) => ({
      path: `${id}.yaml`,
      text: head + rule.replace('shop-key', id) + pattern,
    }))
    expect(parseSecretRules(texts).map(({ id }) => id)).toEqual(['a-key', 'b-key', 'c-key'])
  })

  it.each([
    ['rules: [', 'shop.yaml: '],
    ['- a', 'shop.yaml: must be a mapping'],
    [head + rule, 'needs exactly one of pattern, assignment, url, key-block, manifest, has none'],
    [`${head}${rule}${pattern}    url: [x]\n`, 'has pattern and url'],
    [head + rule.replace('high', 'urgent') + pattern, 'severity must be one of critical, high'],
    [head + rule.replace('title', 'titel') + pattern, 'title must be a text, is missing'],
    [`${head}${rule}${pattern}    colour: red\n`, 'unknown or misplaced key "colour"'],
    [`${head}${rule}${pattern}    aliases: [other]\n`, 'alias "other" must be like tool:rule-id'],
    [head + rule.replace('shop-key', 'Shop_Key') + pattern, 'id must be lower-case words'],
    [head + rule.replace('shk_', 'SHK_') + pattern, 'keyword "SHK_" must be'],
    [head + rule.replace('[shk_]', '[]') + pattern, 'a pattern needs keywords'],
    [`${head}${rule}    pattern: 'shk_(['\n`, 'pattern: Invalid regular expression'],
    [`${head}${rule}    pattern: 'shk_[a-z]{3}'\n`, 'pattern needs one group (?<secret>…)'],
    [`${head}${rule}    pattern: '(?<secret>a[+]b+)'\n`, 'repeats without an upper bound'],
    [`${head}${rule}    pattern: '(?<secret>a{3,})'\n`, 'repeats without an upper bound'],
    [`${head}${rule}    pattern: '(?<secret>a.*)'\n`, 'repeats without an upper bound'],
    [`${head}${rule}${pattern}    entropy: high\n`, 'entropy must be a number from 0 to 8'],
    [`${head}${rule}${pattern}    check: md5\n`, 'check must be one of crc32-base62'],
    [`${head}${rule}${pattern}    allow: {places: [moon]}\n`, 'places must be of test, docs'],
    [`${head}${rule}${pattern}${rule}${pattern}`, 'two rules have the id shop-key'],
    [`${head}${rule}${pattern}    title: again\n`, 'Map keys must be unique'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })

  it('names file, rule and place in what it refuses', () => {
    const wrong = head + rule.replace('high', 'urgent') + pattern
    expect(() => parse(wrong)).toThrow('shop.yaml: rules[0] (shop-key): severity must be')
  })
})

describe('readCompiledSecretRules', () => {
  it('refuses what another version compiled', () => {
    expect(() => readCompiledSecretRules('{"format": 0, "rules": []}')).toThrow('format 0, not 3')
  })
})
