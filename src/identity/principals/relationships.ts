// GET /identity/v1/principals/{id}/relationships: what a principal is connected to, as a graph.
import { z } from 'zod'
import { type Database, sql, type Tx } from '../../platform/db.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { errors } from '../errors.ts'
import { keysOf } from './credentials.ts'
import { type FoundPrincipal, readPrincipal } from './entities.ts'
import { PrincipalPath } from './schema.ts'

/** Of what it owns, of each kind. */
const ownedMax = 200

const Node = z.object({
  id: z.string(),
  kind: z.enum(['principal', 'group', 'key', 'resource']),
  type: z.string().nullable().describe('Of a principal or a resource'),
  name: z.string(),
  status: z.string().nullable().describe('Of a principal or a key'),
})
type Node = z.infer<typeof Node>

const Edge = z.object({
  from: z.string(),
  to: z.string(),
  type: z.enum(['owned_by', 'member_of', 'authenticates_with']),
})
type Edge = z.infer<typeof Edge>

const Relationships = z.object({
  principal: z.string(),
  nodes: z.array(Node),
  edges: z.array(Edge),
  truncated: z.boolean().describe(`It owns more than ${ownedMax} principals or resources`),
})
type Relationships = z.infer<typeof Relationships>

export function relationshipRoutes({ db }: { db: Database }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/principals/:principal_id/relationships',
      operationId: 'getPrincipalRelationships',
      summary: 'Show its owners, what it owns, its groups and its keys, as a graph',
      tag: 'Principals',
      permission: 'read:principals',
      status: 200,
      params: PrincipalPath,
      reply: Relationships,
      errors: ['principal_not_found'],
      handle: ({ caller: { organizationId }, params: { principal_id: id } }) =>
        db.inTenant(organizationId, async (tx) => {
          const principal = await readPrincipal(tx, organizationId, id)
          if (principal === null) throw errors.problem('principal_not_found')
          return graph(tx, organizationId, principal)
        }),
    }),
  ]
}

async function graph(
  tx: Tx,
  organizationId: string,
  principal: FoundPrincipal,
): Promise<Relationships> {
  const { id, owners, groups } = principal
  const line = [principal, ...owners]
  const keys = await keysOf(tx, organizationId, id)
  const owned = await ownedPrincipals(tx, organizationId, id)
  const things = await ownedResources(tx, organizationId, id)
  const nodes: Node[] = [
    ...line.map(principalNode),
    ...owned.slice(0, ownedMax).map(principalNode),
    ...groups.map((name) => plainNode('group', `group:${name}`, name)),
    ...keys.map((key) => ({
      ...plainNode('key', key.id, key.name),
      status: key.active ? 'active' : 'inactive',
    })),
    ...things.slice(0, ownedMax).map((thing) => ({
      ...plainNode('resource', `${thing.type}:${thing.id}`, thing.id),
      type: thing.type,
    })),
  ]
  const edges: Edge[] = [
    ...line.slice(1).map((owner, at) => edge(line[at]?.id ?? id, owner.id, 'owned_by')),
    ...owned.slice(0, ownedMax).map((each) => edge(each.id, id, 'owned_by')),
    ...groups.map((name) => edge(id, `group:${name}`, 'member_of')),
    ...keys.map((key) => edge(id, key.id, 'authenticates_with')),
    ...things.slice(0, ownedMax).map((each) => edge(`${each.type}:${each.id}`, id, 'owned_by')),
  ]
  const truncated = owned.length > ownedMax || things.length > ownedMax
  return { principal: id, nodes, edges, truncated }
}

function principalNode(each: { id: string; type: string; name: string; status: string }): Node {
  const { id, type, name, status } = each
  return { id, kind: 'principal', type, name, status }
}

function plainNode(kind: Node['kind'], id: string, name: string): Node {
  return { id, kind, type: null, name, status: null }
}

function edge(from: string, to: string, type: Edge['type']): Edge {
  return { from, to, type }
}

function ownedPrincipals(tx: Tx, organizationId: string, id: string) {
  return tx.rows<{ id: string; type: string; name: string; status: string }>(sql`
    select id, type, name, status from principals
     where organization_id = ${organizationId} and owner_id = ${id} and deleted_at is null
     order by created_at desc, id limit ${ownedMax + 1}`)
}

function ownedResources(tx: Tx, organizationId: string, id: string) {
  return tx.rows<{ type: string; id: string }>(sql`
    select type, id from resources where organization_id = ${organizationId} and owner_id = ${id}
     order by type, id limit ${ownedMax + 1}`)
}
