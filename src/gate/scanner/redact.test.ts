import { describe, expect, it } from 'vitest'
import { mask, Redactor } from './redact.ts'

describe('what its place tells to be a credential', () => {
  const value = ['hunter2', 'hunter'].join('')

  it.each([
    ['url: postgres://app:', '@db/app'],
    ['git clone https://x:', '@host/r'],
    ['x --token=', ' y'],
    ['x --db-password ', ''],
    ['export DB_PASSWORD=', ' && x'],
    ['curl -u admin:', ' http://h'],
    ['mysql -h db -p', ' shop'],
  ])('is hidden in %s…%s', (before, after) => {
    const bytes = Buffer.from(before + value + after)
    const redactor = new Redactor(bytes, [], [])
    const { text } = redactor.text({ start: 0, end: bytes.length }, null)
    expect(text).toBe(`${before}hun…${after}`)
  })

  it.each([
    'postgres://app:$PASSWORD@db/app',
    'https://host:8080/a@b',
    'x --token "$TOKEN" --password=$P',
    'TOKEN=$(cat file)',
    'const token = request.token',
    'if (a == b && c - u) return',
  ])('is not seen in %s', (text) => {
    expect(new Redactor(Buffer.from(text), [], []).masked(text)).toBe(text)
  })
})

describe('mask', () => {
  it.each([
    ['', '…'],
    ['abc', '…'],
    ['abcd', 'a…'],
    ['abcdefgh', 'ab…'],
    ['abcdefghijkl', 'abc…'],
    ['abcdefghijklmnop', 'abcd…'],
    ['abcdefghijklmnopqrstuvwxyz0123456789', 'abcd…'],
    ['ab\xe9defghijklmnop', 'ab…'],
  ])('shows of %j only %s', (value, expected) => {
    expect(mask(value)).toBe(expected)
  })

  it('keeps the header of a key', () => {
    const key = ['-----BEGIN RSA PRI', 'VATE KEY-----\nMIIEpAIBAAKCAQEA\n'].join('')
    expect(mask(key)).toBe(`${key.slice(0, 31)}…`)
  })
})

describe('Redactor', () => {
  const text = 'a = "0123456789abcdef"; é = "fedcba9876543210"; // 0123456789abcdef'
  const bytes = Buffer.from(text)
  const at = (value: string) => ({
    start: bytes.indexOf(value),
    end: bytes.indexOf(value) + value.length,
  })
  const first = at('0123456789abcdef')
  const second = at('fedcba9876543210')
  const redactor = new Redactor(bytes, [first, second], ['0123456789abcdef', 'fedcba9876543210'])

  it('masks every secret, and the same value wherever else it stands', () => {
    expect(redactor.text({ start: 0, end: bytes.length }, null).text).toBe(
      'a = "0123…"; é = "fedc…"; // 0123…',
    )
  })

  it('tells where the asked one stands', () => {
    const { text, mark } = redactor.text({ start: 0, end: bytes.length }, second)
    expect(text.slice(mark?.start, mark?.end)).toBe('fedc…')
  })

  it('shows nothing of a secret that the stretch cuts', () => {
    const inside = { start: first.start + 4, end: second.start + 8 }
    expect(redactor.text(inside, null).text).toBe('…"; é = "fedc…')
  })

  it('covers secrets as it is told', () => {
    expect(redactor.text({ start: 0, end: second.end }, null, () => '#').text).toBe(
      'a = "#"; é = "#',
    )
  })

  it('hides a quoted value under a telling name, though nothing was found in it', () => {
    const line = [`const pass`, `word = 'only words stand here'; const name = 'Ada Lovelace'`].join(
      '',
    )
    const glued = line.replaceAll('only words stand here', 'onlywordsstandhere')
    const bytes = new TextEncoder().encode(glued)
    const { text } = new Redactor(bytes, [], []).text({ start: 0, end: bytes.length }, null)
    expect(text).toBe(glued.replace('onlywordsstandhere', 'only…'))
  })
})
