// SQL of people and what they belong to.
import { sql, type Tx } from '../../platform/db.ts'

export async function insert(
  tx: Tx,
  user: { id: string; email: string; passwordHash: string },
): Promise<void> {
  await tx.run(sql`insert into users (id, email, password_hash)
    values (${user.id}, ${user.email}, ${user.passwordHash})`)
}

/** Within the organization's tenant. */
export async function join(
  tx: Tx,
  membership: { organizationId: string; userId: string; role: string },
): Promise<void> {
  await tx.run(sql`insert into memberships (organization_id, user_id, role)
    values (${membership.organizationId}, ${membership.userId}, ${membership.role})`)
}
