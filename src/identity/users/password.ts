// Passwords as Argon2id (RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes), kept in
// the PHC string form so that the parameters can be raised later.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { slots } from './slots.ts'

const parameters = { memory: 65_536, passes: 3, parallelism: 4 }
const tagLength = 32
/** Each takes 64 MiB and a core for a while: many at once would starve everything else. */
const inTurn = slots({ atOnce: 2, waitingMax: 100 })
const argon2Async = promisify(argon2)
const derive: typeof argon2Async = (...given) => inTurn(() => argon2Async(...given))

/** Throws 503 where too many wait already. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await derive('argon2id', {
    message: Buffer.from(password.normalize('NFKC')),
    nonce,
    tagLength,
    ...parameters,
  })
  const { memory, passes, parallelism } = parameters
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`
}

/** False also where the stored form is not understood. Throws 503 where too many wait already. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = form.exec(stored)
  if (match === null) return false
  const [, memory, passes, parallelism, nonce, tag] = match
  const expected = Buffer.from(tag ?? '', 'base64')
  const actual = await derive('argon2id', {
    message: Buffer.from(password.normalize('NFKC')),
    nonce: Buffer.from(nonce ?? '', 'base64'),
    tagLength: expected.length,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  })
  return timingSafeEqual(actual, expected)
}

const form = new RegExp(
  [
    /^\$argon2id\$v=19/,
    /\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})/,
    /\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/,
  ]
    .map(({ source }) => source)
    .join(''),
)

/** PHC strings carry base64 without padding. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
