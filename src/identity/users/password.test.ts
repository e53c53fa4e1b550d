import { expect, it } from 'vitest'
import { hashPassword, verifyPassword } from './password.ts'

it('keeps passwords as Argon2id in the PHC form, a different one each time', async () => {
  const [first, second] = await Promise.all([hashPassword('pässword'), hashPassword('pässword')])
  expect(first).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$/)
  expect(first).not.toBe(second)
  expect(await verifyPassword('pässword', first)).toBe(true)
  expect(await verifyPassword('password', first)).toBe(false)
})

it('takes the same password in either Unicode form', async () => {
  const composed = 'caf\u00e9'
  const decomposed = 'cafe\u0301'
  expect(await verifyPassword(decomposed, await hashPassword(composed))).toBe(true)
})

it.each(['', 'plain', '$2b$10$abcdefghijklmnopqrstuv', '$argon2id$v=19$m=1,t=1,p=1$x$y'])(
  'does not accept the stored form %j',
  async (stored) => {
    expect(await verifyPassword('', stored)).toBe(false)
  },
)

it('reads what the reference implementation wrote', async () => {
  // printf password | argon2 somesaltsomesalt -id -t 3 -k 65536 -p 4 -l 32 -e
  const tag = 'gduXp+Z6iReEolmbyHn5V8s1EtJzmEvZfYoY/Fn/AeI'
  const stored = `$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$${tag}`
  expect(await verifyPassword('password', stored)).toBe(true)
  expect(await verifyPassword('Password', stored)).toBe(false)
})
