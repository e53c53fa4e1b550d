// Binds an installation of the GitHub App to an organization. Its number alone proves nothing: it
// is easily guessed, and whoever is bound to it is shown the code.
import { z } from 'zod'
import type { Origin } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { type Github, GithubRefused } from '../../platform/github.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { uuid7 } from '../../platform/ids.ts'
import { holds } from '../../platform/permissions.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import type { Link, SetupQuery } from '../links/schema.ts'
import { noteLink, requireRoom } from '../links/service.ts'
import * as links from '../links/store.ts'
import { readState, type State, signState } from './state.ts'

const App = z.object({ html_url: z.url({ protocol: /^https?$/ }) })
const Installation = z.object({
  account: z.object({ login: z.string().max(200).optional() }).nullish(),
})

/** Throws 503. */
export async function installAddress(platform: Platform, caller: Caller) {
  const github = githubOf(platform)
  const { data } = await asked(() => github.asApp({ method: 'GET', path: '/app' }))
  const { html_url } = App.parse(data)
  const { state, expiresAt } = signState(platform.secrets, caller, platform.now())
  const url = `${html_url}/installations/new?${new URLSearchParams({ state })}`
  return { url, expires_at: expiresAt }
}

/** Throws 400, 403, 409, 503. */
export async function bind(platform: Platform, origin: Origin, given: SetupQuery): Promise<Link> {
  const { caller } = origin
  const github = githubOf(platform)
  const state = readState(platform.secrets, given.state, platform.now())
  if (state === null || !isTheirs(state, caller)) throw errors.problem('invalid_state')
  await requireProof(github, given, state)
  const path = `/app/installations/${given.installation_id}`
  const { data } = await asked(() => github.asApp({ method: 'GET', path }))
  const name = Installation.parse(data).account?.login ?? given.installation_id
  const { organization: organizationId } = state
  return platform.db.inTenant(organizationId, async (tx) => {
    if (!(await mayBind(tx, state, caller))) throw errors.problem('invalid_state')
    const known = (await links.list(tx, organizationId)).find(
      ({ installation_id }) => installation_id === given.installation_id,
    )
    if (known !== undefined) return known
    await requireRoom(tx, organizationId)
    const made = await links.insert(tx, {
      organizationId,
      id: uuid7(),
      provider: 'github',
      installation_id: given.installation_id,
      name,
      branches: 'all',
      minimum_grade: 'C',
      sealedSecret: null,
      createdBy: caller.actor.id,
    })
    if (made === null) throw errors.problem('installation_taken')
    const by = { ...origin, caller: { organizationId, actor: caller.actor } }
    await noteLink(tx, by, 'created', made)
    return made
  })
}

/** The person who asked; with a key, somebody of its organization. */
function isTheirs(state: State, { actor, organizationId, scopes }: Caller): boolean {
  if (state.actor === actor.id) return true
  return state.organization === organizationId && holds(scopes, 'manage:code_hosts')
}

/** Who asked may have lost the right since, or stand in another organization by now. */
async function mayBind(tx: Tx, { organization }: State, caller: Caller): Promise<boolean> {
  if (organization === caller.organizationId) return holds(caller.scopes, 'manage:code_hosts')
  const role = await tx.maybe(sql`select role from memberships
    where organization_id = ${organization} and user_id = ${caller.session?.userId ?? null}::uuid
      and role in ('owner', 'admin') for share`)
  return role !== null
}

async function requireProof(github: Github, given: SetupQuery, state: State): Promise<void> {
  if (github.isTheirs === null) {
    // Whose app it is may bind its installations; for others there must be a proof.
    if (state.isOperator) return
    const variables = ['PANTHERA_GITHUB_APP_CLIENT_ID', 'PANTHERA_GITHUB_APP_CLIENT_SECRET']
    throw errors.problem('not_configured', { details: { variables } })
  }
  const { code, installation_id } = given
  const { isTheirs: proves } = github
  const proved = code !== undefined && (await asked(() => proves(code, installation_id), false))
  if (!proved) throw errors.problem('installation_not_yours')
}

function githubOf({ github }: Platform): Github {
  if (github !== null) return github
  const variables = ['PANTHERA_GITHUB_APP_ID', 'PANTHERA_GITHUB_APP_KEY']
  throw errors.problem('not_configured', { details: { variables } })
}

/** Throws 503 where GitHub cannot be asked; `refused` is the answer where it says no. */
async function asked<Result>(work: () => Promise<Result>, refused?: Result): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    const status = cause instanceof GithubRefused ? cause.status : null
    if (status !== null && status < 500 && refused !== undefined) return refused
    if (status === 404) throw errors.problem('installation_not_yours', { cause })
    throw errors.problem('code_host_unavailable', { details: { status }, cause })
  }
}
