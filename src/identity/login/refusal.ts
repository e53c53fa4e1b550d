// Refusals of a login. They carry the code that the reference has for missing or wrong credentials,
// and say nothing that tells an account that exists from one that does not.
import { Problem } from '../../platform/errors.ts'

function refusal(title: string, fix: string): Problem {
  return new Problem('unauthorized', { status: 401, title, fix })
}

export const wrongPassword = (): Problem =>
  refusal('The address or the password is wrong', 'Check both and try again')

export const wrongCode = (): Problem =>
  refusal('The code is wrong or was used before', 'Wait for the next code, or use a recovery code')

export const resetOver = (): Problem =>
  refusal('The token is wrong, used or over', 'Ask an admin for a new one')

export const challengeOver = (): Problem =>
  refusal('The login took too long or was tried too often', 'Log in again')
