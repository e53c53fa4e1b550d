// Keeps tokens of code hosts, one per organization and host, tested and sealed.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { codeHostToken, connectionContext } from '../../platform/code-host-token.ts'
import type { Config } from '../../platform/config.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { repositoryPlace } from '../repositories/place.ts'
import type { RepositoryPlace } from '../repositories/store.ts'
import { probeToken } from './probe.ts'
import type { Connection, CreateConnection } from './schema.ts'
import * as store from './store.ts'

export async function createConnection(
  platform: Platform,
  origin: Origin,
  wanted: CreateConnection,
): Promise<Connection> {
  const host = hostOf(platform.config, wanted)
  await probeToken(platform, wanted)
  const { organizationId } = origin.caller
  const id = uuid7()
  return platform.db.inTenant(organizationId, async (tx) => {
    const made = await store.insert(tx, {
      organizationId,
      id,
      provider: wanted.provider,
      host,
      name: wanted.name,
      username: wanted.username ?? null,
      sealedToken: platform.secrets.seal(wanted.token, connectionContext(organizationId, id)),
    })
    if (made === null) throw errors.problem('connection_exists', { details: { host } })
    await appendAudit(tx, origin, entry('connection.created', made))
    return made
  })
}

export async function deleteConnection(
  platform: Platform,
  origin: Origin,
  id: string,
): Promise<Connection> {
  const { organizationId } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const gone = await store.remove(tx, organizationId, id)
    if (gone === null) throw errors.problem('connection_not_found')
    await appendAudit(tx, origin, entry('connection.deleted', gone))
    return gone
  })
}

/** The token for cloning from a place, or null where the organization has none. */
export async function tokenFor(
  platform: Platform,
  organizationId: string,
  place: RepositoryPlace,
): Promise<{ token: string; username: string | null } | null> {
  const host = placeHost(platform.config, place)
  return platform.db.inTenant(organizationId, (tx) =>
    codeHostToken(tx, platform.secrets, { organizationId, provider: place.provider, host }),
  )
}

function hostOf(config: Config, wanted: CreateConnection): string {
  if (wanted.provider === 'git') return placeHost(config, repositoryPlace(config, wanted))
  return new URL(config.providers[wanted.provider].clone).host
}

/** A token is sent to the host it was given for and to no other. */
function placeHost(config: Config, place: RepositoryPlace): string {
  if (place.provider === 'git') return new URL(place.cloneUrl ?? '').host
  return new URL(config.providers[place.provider].clone).host
}

function entry(action: string, { id, provider, host, name }: Connection) {
  return { action, objectType: 'connection', objectId: id, details: { provider, host, name } }
}
