// Where a repository lies: what a client named, and the URL that it is cloned from.
import type { Config } from '../../platform/config.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { errors } from '../errors.ts'
import type { ProviderName } from '../scans/schema.ts'
import type { RepositoryPlace } from './store.ts'

interface Named {
  provider: ProviderName
  owner?: string | undefined
  repo_name?: string | undefined
  clone_url?: string | undefined
}

/** Throws 400 where the provider or the host is not open on this installation. */
export function repositoryPlace(config: Config, named: Named): RepositoryPlace {
  if (named.provider !== 'git') {
    const { owner, repo_name: name } = named
    if (owner === undefined) throw invalidField('owner', 'is required')
    if (name === undefined) throw invalidField('repo_name', 'is required')
    return { provider: named.provider, owner, name, cloneUrl: null }
  }
  return gitPlace(config, named.clone_url)
}

function gitPlace(config: Config, cloneUrl: string | undefined): RepositoryPlace {
  if (cloneUrl === undefined || !URL.canParse(cloneUrl)) {
    throw invalidField('clone_url', 'is required with provider git')
  }
  // The parser drops an empty one of either without a trace.
  if (/[?#]/.test(cloneUrl)) {
    throw invalidField('clone_url', 'must end with the path: no "?" and no "#"')
  }
  const url = new URL(cloneUrl)
  if (url.protocol !== 'https:') throw invalidField('clone_url', 'must begin with https://')
  if (url.username !== '' || url.password !== '') {
    throw invalidField('clone_url', 'must not hold credentials; create a connection instead')
  }
  if (!config.gitHosts.includes(url.hostname) && !config.gitHosts.includes(url.host)) {
    throw errors.problem('provider_not_configured', { details: { host: url.hostname } })
  }
  // The parser has lower-cased the host and left out the default port.
  const stated = url.pathname.replace(/\/+$/, '')
  const path = stated.replace(/^\/+/, '').replace(/\.git$/, '')
  const cut = path.lastIndexOf('/')
  const name = path.slice(cut + 1)
  if (name === '') throw invalidField('clone_url', 'must name a repository')
  const owner = cut === -1 ? url.host : path.slice(0, cut)
  return { provider: 'git', owner, name, cloneUrl: `${url.origin}${stated}` }
}

/** The URL to clone from: the operator's setting for the provider, or what was given. */
export function cloneUrl(config: Config, place: RepositoryPlace): string {
  if (place.provider === 'git') return place.cloneUrl ?? ''
  const base = config.providers[place.provider].clone
  return `${base}/${place.owner}/${place.name}.git`
}
