import { describe, expect, it } from 'vitest'
import { isGenuine, isPlaceholder, isStandIn } from './placeholder.ts'

describe('isPlaceholder', () => {
  it.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is looked for
    '${API_KEY}',
    '[A-Za-z0-9]{32}',
    '$API_KEY',
    '$(cat key)',
    '{{ vault.key }}',
    '<%= key %>',
    '#{key}',
    '%(key)s',
    '%API_KEY%',
    '<your-key>',
    '[API KEY]',
    '{api_key}',
    '__API_KEY__',
    '@api.key@',
    'process.env.API_KEY',
    'os.environ',
    'secrets.API_KEY',
    'vault:secret/data/app',
    'op://vault/item/field',
    'arn:aws:secretsmanager:eu-west-1:1',
    'ENC[AES256_GCM,data:x]',
    '{cipher}ab01',
    '!vault |',
    'sha512-abc',
    'xxxxxxxx',
    'XXXX-XXXXX',
    '********',
    '................',
    '00000000',
    'aaaaaaaaaaaa',
    'abababababab',
    '12345678',
    '0123456789abcdef',
    'abcdefghijklmnop',
    '87654321',
    'AKIAIOSFODNN7EXAMPLE',
    'your-api-key',
    'changeme',
    'CHANGE_ME',
    'replace-with-key',
    'deadbeefdeadbeef',
    'test-token-123',
    'null',
    'changeit',
  ])('%s', (value) => {
    expect(isPlaceholder(value)).toBe(true)
  })

  it.each([
    'q7Zx81LmPw04Vt2KdR93',
    'zh!=!gq(w^_t[sBR29954x)HI+$ehwss*xYNQeu',
    'kV9#tq2Lm!x7',
    '9f86d081884c7d659a2feaa0c55ad015',
  ])('%s is meant in earnest', (value) => {
    expect(isPlaceholder(value)).toBe(false)
    expect(isGenuine(value, true)).toBe(true)
  })
})

describe('isGenuine', () => {
  it('forgives a series in a long token, but not among samples', () => {
    const token = 'q7Zx81LmPw04Vt2K0123456789'
    expect([isGenuine(token, false), isGenuine(token, true)]).toEqual([true, false])
    expect(isGenuine('q7Zx0123456789abcdef', false)).toBe(false)
  })
})

describe('isStandIn', () => {
  it.each(['password', 'pass', 'secret123', 'x-oauth-basic', 'root', 'testpass', '***', '<pw>'])(
    '%s',
    (password) => {
      expect(isStandIn(password)).toBe(true)
    },
  )

  it('leaves others alone', () => {
    expect(isStandIn('kV9tq2Lm')).toBe(false)
  })
})
