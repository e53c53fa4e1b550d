import { describe, expect, it } from 'vitest'
import { redactText, redactValue } from './redaction.ts'

const body = '0123456789ABCDEFGHIJKLMNOPQRSTUV2ALRRa'
const key = ['tg_live_', body].join('')

describe('redactText', () => {
  const begin = ['-----BEGIN ', 'PRIVATE KEY-----'].join('')
  const end = ['-----END ', 'PRIVATE KEY-----'].join('')
  const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxIn0', 'c2lnbmF0dXJl'].join('.')
  const cases: [string, string][] = [
    [key, 'tg_live_[redacted]'],
    [`key ${['ti_live_', body].join('')}.`, 'key ti_live_[redacted].'],
    [`x=${['ck_live_', body].join('')}&y=1`, 'x=ck_live_[redacted]&y=1'],
    [`"${['ak_', body].join('')}"`, '"ak_[redacted]"'],
    [`k%3D${['ck_', body].join('')}`, 'k%3Dck_[redacted]'],
    [['tg_live_', body.slice(0, 12)].join(''), 'tg_live_[redacted]'],
    [['whsec_', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join(''), 'whsec_[redacted]'],
    [['whsec_', 'MfKQ9r8G%2BYqrTwj/+UPD8ILPZIo2Lg=='].join(''), 'whsec_[redacted]'],
    [['ghp_', 'abcdefghijklmnopqrstuvwxyz0123456789'].join(''), 'ghp_[redacted]'],
    [`token ${jwt} expired`, 'token [redacted] expired'],
    [`Authorization: Bearer ${'z'.repeat(9)}`, 'Authorization: [redacted]'],
    ['sent Bearer abcdef-123, refused', 'sent Bearer [redacted], refused'],
    ['sent Basic dXNlcjpwYXNz', 'sent Basic [redacted]'],
    ['Set-Cookie: sid=1; Path=/\r\nVary: *', 'Set-Cookie: [redacted]\r\nVary: *'],
    ['x-agent-api-key: anything', 'x-agent-api-key: [redacted]'],
    ['https://user:pa@ss@git.example/a', 'https://[redacted]@git.example/a'],
    ['postgres://u:p@db/x and http://t@h', 'postgres://[redacted]@db/x and http://[redacted]@h'],
    [
      '/login?access_token=abc&x=1#id_token=def',
      '/login?access_token=[redacted]&x=1#id_token=[redacted]',
    ],
    ['/callback?code=abc&state=s', '/callback?code=[redacted]&state=s'],
    ['body {"password":"hunter 2","name":"n"}', 'body {"password":"[redacted]","name":"n"}'],
    ['body {\\"api_key\\": \\"abc\\"}', 'body {\\"api_key\\": \\"[redacted]\\"}'],
    [`pem ${begin}\nMIIE\n${end} rest`, 'pem [redacted] rest'],
    [`pem ${begin}\nMIIE without an end`, 'pem [redacted]'],
  ]
  it.each(cases)('cleans %j', (text, clean) => {
    expect(redactText(text)).toBe(clean)
  })

  const harmless = [
    'Basic authentication is not accepted',
    'check_run_id=5, ack_received, peak_temperature, break_everything_now',
    'image digest sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'https://registry.example/@scope/package@1.0.0',
    'password: at least 12 characters',
    'key_1a2b3c4d5e6f ws_1a2b3c4d5e6f req_1a2b3c4d5e6f',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    'the token bucket is empty',
    'eyJust a word',
  ]
  it.each(harmless)('leaves %j alone', (text) => {
    expect(redactText(text)).toBe(text)
  })

  it('cuts long texts after having cleaned them', () => {
    const long = `${'x'.repeat(16_384 - 10)}${key}${'x'.repeat(100_000)}`
    const clean = redactText(long)
    expect(clean).not.toContain(body.slice(0, 2))
    expect(clean).toHaveLength(16_384 + '… [cut]'.length)
    expect(redactText('x'.repeat(16_384))).toHaveLength(16_384)
  })

  it.each([
    'eyJ',
    'eyJaaaaaaaaaa.',
    '-----BEGIN PRIVATE KEY-----',
    '://',
    '://@',
    '@',
    'Basic ',
    'a"token"  ',
    'ck_',
    'secret=',
    'cookie:',
  ])('does not take longer than linear for repeated %j', (unit) => {
    // Quadratic behaviour on 64 KiB takes minutes here, which the test's own limit ends.
    for (let round = 0; round < 20; round += 1) redactText(unit.repeat(65_536 / unit.length))
  })
})

describe('redactValue', () => {
  const hidden = [
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'cookies',
    'set-cookie',
    'x-agent-api-key',
    'X-API-Key',
    'apiKey',
    'api_key',
    'password',
    'newPassword',
    'passwd',
    'passphrase',
    'token',
    'access_token',
    'refreshToken',
    'secret',
    'client_secret',
    'secrets',
    'evidence_secret',
    'secret_access_key',
    'privateKey',
    'master_key',
    'credentials',
    'otp',
    'totp',
    'session_id',
    'connect.sid',
    'recovery_codes',
    'SAMLResponse',
    'code_verifier',
  ]
  it.each(hidden)('hides %s, whatever it holds', (name) => {
    for (const value of ['plain', ['plain'], { deep: 'plain' }]) {
      expect(redactValue({ [name]: value })).toEqual({ [name]: '[redacted]' })
    }
    expect(redactValue({ [name]: null })).toEqual({ [name]: null })
    expect(redactValue({ [name]: true })).toEqual({ [name]: true })
  })

  it('hides numbers under the name of a secret, but not counts', () => {
    expect(redactValue({ otp: 123456, tokens: 5 })).toEqual({ otp: '[redacted]', tokens: 5 })
  })

  it('keeps what only sounds alike', () => {
    const fields = {
      token_type: 'Bearer',
      secretsFound: 3,
      key_id: 'key_1',
      secret_id: 's',
      keyed: 'a',
    }
    expect(redactValue(fields)).toEqual(fields)
  })

  it('reaches every depth it keeps, and names', () => {
    const value = { a: [{ b: { headers: { Cookie: 'c', accept: '*' } } }, key], [key]: 1 }
    expect(redactValue(value)).toEqual({
      a: [{ b: { headers: { Cookie: '[redacted]', accept: '*' } } }, 'tg_live_[redacted]'],
      'tg_live_[redacted]': 1,
    })
  })

  it('ends at a depth', () => {
    let deep: unknown = key
    for (let level = 0; level < 100_000; level += 1) deep = [deep]
    expect(JSON.stringify(redactValue(deep))).toBe(`${'['.repeat(16)}"[too deep]"${']'.repeat(16)}`)
  })

  it('does not fall for a member named __proto__', () => {
    const value: unknown = JSON.parse('{"__proto__":{"password":"p"},"x":1}')
    expect(JSON.stringify(redactValue(value))).toBe('{"__proto__":{"password":"[redacted]"},"x":1}')
  })
})
