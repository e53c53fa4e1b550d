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
    ['RUN export secret=', '; x'],
    ['RUN cd x && db_passwd=', ' run'],
    ['redis-cli -h db -a ', ' ping'],
    ['redis-cli -a "', '" ping'],
    ['redis-server --requirepass ', ' --x'],
    ['requirepass ', ''],
    ['command: ["--requirepass", "', '"]'],
    ['ENV api_token ', ''],
    ['x\n  arg DbPassword ', '\nRUN x'],
  ])('is hidden in %s…%s', (before, after) => {
    const bytes = Buffer.from(before + value + after)
    const redactor = new Redactor(bytes, [], [])
    const { text } = redactor.text({ start: 0, end: bytes.length }, null)
    expect(text).toBe(`${before}hun…${after}`)
  })

  it.each([
    [`PGPASSWORD='`, `' psql`],
    ['tool --password "', '"; x'],
    ['tool --password "', ''],
    [`redis-cli -a '`, `' ping`],
    ['ENV token ', ''],
  ])('is hidden with its blanks in %s…%s', (before, after) => {
    const masked = new Redactor(Buffer.from(''), [], []).masked(`${before}hunter 2 hunter${after}`)
    expect(masked).toBe(`${before}hun…${after}`)
  })

  it('is looked for in time that grows with the text', () => {
    const parts = ['--', '-', 'redis-cli ', 'ENV ', ' ', 'token', 'a_', '--token "', 'x=', '\n']
    const text = parts.map((part) => part.repeat(100_000 / part.length)).join('')
    const masked = new Redactor(Buffer.from(''), [], []).masked(text)
    expect(masked.length).toBeLessThanOrEqual(text.length)
  })

  it.each([
    'postgres://app:$PASSWORD@db/app',
    'https://host:8080/a@b',
    'x --token "$TOKEN" --password=$P',
    'TOKEN=$(cat file)',
    'const token = request.token',
    'login(token=request.token, password=password, secret=read(), api_key=None)',
    'if (token==other) go()',
    'ENV TOKEN $TOKEN',
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
