// Asks a person who is logged in for the password once more: a session that was left open, or
// stolen, must not be enough to lock its owner out.
import { verifyPassword } from '../users/password.ts'
import * as users from '../users/store.ts'
import { wrongPassword } from './refusal.ts'
import type { LoginParts } from './service.ts'

/** Throws 401, or 429 where the session has guessed too often. */
export async function reauthenticate(
  parts: LoginParts,
  session: { id: string; userId: string },
  password: string,
): Promise<users.Login> {
  const attempt = await parts.passwords.begin({
    account: `again ${session.userId}`,
    address: '',
    device: session.id,
    familiar: true,
  })
  const login = await parts.db.inSystem((tx) => users.findLogin(tx, { id: session.userId }, ''))
  if (login === null || !(await verifyPassword(password, login.password_hash))) {
    throw wrongPassword()
  }
  await attempt.right()
  return login
}
