// Whose account it is that an OpenID provider vouches for. Nobody gets an account by it: people are
// invited first, and known by their address once, from then on by what never changes.
import { sql, type Tx } from '../../platform/db.ts'
import * as users from '../users/store.ts'
import type { Proved } from './provider.ts'
import { record } from './record.ts'
import { type FirstStep, firstStep, type LoginParts } from './service.ts'
import type { Visit } from './visit.ts'

/** Of RFC 8176: what a provider says beside a password where it has asked for more. */
const secondSteps = ['otp', 'hwk', 'swk', 'sms', 'tel', 'sc']

/** Null where there is no account for them, or it is in no organization. */
export async function loginByProvider(
  parts: LoginParts,
  visit: Visit,
  proved: Proved,
): Promise<FirstStep | null> {
  const login = await parts.db.inSystem((tx) => personOf(tx, visit, proved))
  if (login === null) return null
  const known = isInTwoSteps(proved) ? { ...login, has_second_factor: false } : login
  return firstStep(parts, { ...visit, methods: proved.methods }, known)
}

/** A code alone, sent to a mailbox or a phone, is one step like any other. For its tests. */
export function isInTwoSteps({ methods }: Pick<Proved, 'methods'>): boolean {
  const isBesidePassword = methods.some((method) => secondSteps.includes(method))
  return methods.includes('mfa') || (methods.includes('pwd') && isBesidePassword)
}

async function personOf(tx: Tx, visit: Visit, proved: Proved): Promise<users.Login | null> {
  const { issuer, subject, email } = proved
  const known = await tx.maybe<{ user_id: string }>(sql`
    select user_id from user_identities where issuer = ${issuer} and subject = ${subject}`)
  if (known !== null) return memberOnly(await users.findLogin(tx, { id: known.user_id }, ''))
  if (email === null) return null
  const login = memberOnly(await users.findLogin(tx, { email }, ''))
  if (login === null || (await isAnother(tx, proved, login))) return null
  await tx.run(sql`insert into user_identities (issuer, subject, user_id)
    values (${issuer}, ${subject}, ${login.id}) on conflict do nothing`)
  const details = { issuer, subject }
  await record(tx, { person: login, ...visit }, { action: 'user.identity_linked', details })
  return login
}

/** Their address has gone to somebody else at the provider, who is not them. */
async function isAnother(
  tx: Tx,
  { issuer, subject }: Proved,
  { id }: users.Login,
): Promise<boolean> {
  // Of two subjects that come at once with one address, one is the first.
  await tx.rows(sql`select id from users where id = ${id} for no key update`)
  const row = await tx.maybe(sql`select subject from user_identities
    where issuer = ${issuer} and user_id = ${id} and subject <> ${subject} limit 1`)
  return row !== null
}

function memberOnly(login: users.Login | null): users.Login | null {
  return login?.is_member ? login : null
}
