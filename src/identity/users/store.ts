// SQL of people and what they belong to. They belong to the installation, so they are found and
// changed across tenants; who is a member of what is the tenants'.
import { sql, type Tx } from '../../platform/db.ts'
import type { Role } from './roles.ts'

export async function insert(
  tx: Tx,
  user: { id: string; email: string; passwordHash: string },
): Promise<void> {
  await tx.run(sql`insert into users (id, email, password_hash)
    values (${user.id}, ${user.email}, ${user.passwordHash})`)
}

export interface Login {
  id: string
  email: string
  name: string | null
  password_hash: string
  password_changed_at: string | null
  /** Another value after each change of what one logs in with. */
  epoch: string
  /** Logged in from the address that asks now. */
  familiar: boolean
  has_second_factor: boolean
  /** Of any organization that has not suspended them; who is in none cannot log in. */
  is_member: boolean
}

/**
 * An address in the form in which accounts are found by it. Only the database's own rule will do:
 * other rules for lower case take some letters apart that it takes for one.
 */
export async function normalAddress(tx: Tx, email: string): Promise<string> {
  const { address } = await tx.one<{ address: string }>(sql`select lower(${email}) as address`)
  return address
}

export async function findLogin(
  tx: Tx,
  by: { email: string } | { id: string },
  address: string,
): Promise<Login | null> {
  const who = 'id' in by ? sql`u.id = ${by.id}` : sql`lower(u.email) = lower(${by.email})`
  return tx.maybe<Login>(sql`
    select u.id, u.email, u.name, u.password_hash, u.password_changed_at,
      exists (select from sessions s where s.user_id = u.id and s.address = ${address})
        as familiar,
      concat_ws(' ', u.id, extract(epoch from u.password_changed_at), 'totp',
        extract(epoch from t.confirmed_at)) as epoch,
      t.confirmed_at is not null as has_second_factor,
      exists (select from memberships m where m.user_id = u.id
        and not is_suspended(m.organization_id, m.user_id)) as is_member
    from users u left join user_totp t on t.user_id = u.id where ${who}`)
}

/** Null where the address is taken. */
export async function register(
  tx: Tx,
  user: { id: string; email: string; name: string | null; passwordHash: string },
): Promise<{ id: string } | null> {
  return tx.maybe<{ id: string }>(sql`
    insert into users (id, email, name, password_hash, password_changed_at)
    values (${user.id}, ${user.email}, ${user.name}, ${user.passwordHash}, now())
    on conflict (lower(email)) do nothing returning id`)
}

/**
 * Holds the account as it is until the end of the transaction. False where the password is no
 * longer the one that was proved.
 */
export async function lockPassword(
  tx: Tx,
  login: Pick<Login, 'id' | 'password_hash'>,
): Promise<boolean> {
  const row = await tx.maybe<{ password_hash: string }>(
    sql`select password_hash from users where id = ${login.id} for no key update`,
  )
  return row?.password_hash === login.password_hash
}

/** Only where it is still the one that was proved: of two changes at once, one is refused. */
export async function changePassword(
  tx: Tx,
  change: { userId: string; from: string; to: string },
): Promise<boolean> {
  const changed = await tx.run(sql`update users
    set password_hash = ${change.to}, password_changed_at = now()
    where id = ${change.userId} and password_hash = ${change.from}`)
  return changed === 1
}

export async function rename(tx: Tx, userId: string, name: string): Promise<void> {
  await tx.run(sql`update users set name = ${name} where id = ${userId}`)
}

/** Within the organization's tenant. */
export async function join(
  tx: Tx,
  membership: { organizationId: string; userId: string; role: string },
): Promise<void> {
  await tx.run(sql`insert into memberships (organization_id, user_id, role)
    values (${membership.organizationId}, ${membership.userId}, ${membership.role})`)
}

export interface UserOrganization {
  organization_id: string
  name: string
  plan: 'free' | 'pro' | 'enterprise'
  is_first: boolean
  role: Role
  /** Those that the user is in, the default one first. */
  workspaces: { id: string; name: string; is_default: boolean }[]
}

/** Those that have not suspended them, the oldest membership first. Across tenants. */
export async function organizationsOf(tx: Tx, userId: string): Promise<UserOrganization[]> {
  return tx.rows<UserOrganization>(sql`
    select m.organization_id, o.name, o.plan, o.is_first, m.role,
      coalesce((select json_agg(json_build_object('id', w.id, 'name', w.name,
          'is_default', w.is_default) order by w.is_default desc, w.created_at, w.id)
        from workspaces w where w.organization_id = m.organization_id and w.deleted_at is null
         and (m.role in ('owner', 'admin') or exists (select from workspace_members x
           where x.organization_id = w.organization_id and x.workspace_id = w.id
             and x.user_id = m.user_id))), '[]') as workspaces
    from memberships m join organizations o on o.id = m.organization_id
    where m.user_id = ${userId} and not is_suspended(m.organization_id, m.user_id)
    order by m.created_at, m.organization_id limit 100`)
}

export async function organizationIdsOf(tx: Tx, userId: string): Promise<string[]> {
  const rows = await tx.rows<{ organization_id: string }>(sql`select organization_id
    from memberships where user_id = ${userId} order by organization_id limit 100`)
  return rows.map((row) => row.organization_id)
}
