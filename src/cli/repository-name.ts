// What a repository is called on its code host: as somebody wrote it, or as `origin` tells.
import { UsageError } from './usage-error.ts'

/** The query by which the API names it. */
export type RepositoryName =
  | { provider: 'github' | 'gitlab' | 'bitbucket'; owner: string; repo_name: string }
  | { provider: 'git'; clone_url: string }

const hosts = {
  'github.com': 'github',
  'gitlab.com': 'gitlab',
  'bitbucket.org': 'bitbucket',
} as const

/** `github:owner/name`, or an address as git takes it. @throws {UsageError} */
export function readRepository(text: string): RepositoryName {
  const [, provider, path = ''] = /^(github|gitlab|bitbucket):([^:]+)$/.exec(text) ?? []
  const parts = splitPath(path)
  if (provider !== undefined && parts !== null) {
    return { provider: provider as 'github', ...parts }
  }
  const remote = readRemote(text)
  if (remote !== null) return remote
  throw new UsageError(
    `--repository does not take "${text}"`,
    'It takes github:owner/name, gitlab:group/name, bitbucket:owner/name or an https address.',
  )
}

/** Null for an address that says nothing to others, such as a folder of this machine. */
export function readRemote(remote: string | null): RepositoryName | null {
  const found = address.exec(remote ?? '') ?? shortAddress.exec(remote ?? '')
  const [, host = '', path = ''] = found ?? []
  const provider = hosts[host.toLowerCase() as keyof typeof hosts]
  const parts = splitPath(path)
  if (provider !== undefined && parts !== null) return { provider, ...parts }
  return remote?.startsWith('https://') ? { provider: 'git', clone_url: remote } : null
}

const address = /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/
/** `git@host:owner/name.git`, as scp writes it. */
const shortAddress = /^(?:[^/@]*@)?([^/:]+):(?!\/\/)(.+)$/

function splitPath(path: string): { owner: string; repo_name: string } | null {
  const [, owner, name] = /^\/*(.+)\/([^/]+?)(?:\.git)?\/*$/.exec(path) ?? []
  return owner === undefined || name === undefined ? null : { owner, repo_name: name }
}
