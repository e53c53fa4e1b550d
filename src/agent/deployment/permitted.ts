// What the configuration of the host lets a deployment touch. The server names paths, commands and
// sockets; the host decides. Symbolic links lead nowhere, and a folder that somebody else may
// write into is refused, because that somebody could exchange what stands in it under our hands.
import { lstat, readlink, realpath } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { isErrno } from '../../platform/files.ts'
import { Forbidden } from './failure.ts'

export interface Permissions {
  /** Folders in which files may be written. */
  folders: readonly string[]
  /** Absolute program and its arguments, by name. */
  commands: ReadonlyMap<string, readonly string[]>
  /** Unix sockets and addresses of admin APIs. */
  endpoints: readonly string[]
}

/** The words of a command. @throws {Forbidden} where the host has none of that name. */
export function permittedCommand({ commands }: Permissions, name: string): readonly string[] {
  const argv = commands.get(name)
  if (argv !== undefined) return argv
  const known = [...commands.keys()].join(', ') || 'none'
  throw new Forbidden(
    `this host has no command "${name}" (it has ${known}): add it to deploy.commands of the agent`,
  )
}

/** @throws {Forbidden} for a socket or an address that the host does not list. */
export function permitEndpoint({ endpoints }: Permissions, endpoint: string): void {
  if (endpoints.includes(endpoint)) return
  throw new Forbidden(
    `${endpoint} is not in deploy.endpoints of the agent's configuration on this host`,
  )
}

/**
 * Resolves where the folder of `path` is one of the host's, or below it, without a symbolic link
 * in between, and nobody else may write on the way. `missing` lets folders be absent at the end.
 * @throws {Forbidden}
 */
export async function permitPath(
  { folders }: Permissions,
  path: string,
  { missing = false } = {},
): Promise<void> {
  const allowed = folders.find((each) => isWithin(each, path))
  if (allowed === undefined) {
    throw new Forbidden(
      `${path} is in none of deploy.folders (${folders.join(', ') || 'none'}) of this host`,
    )
  }
  await checkWay(allowed)
  // The host's own words may go through links; what follows them may not.
  const root = await realpath(allowed).catch((cause) => {
    throw new Forbidden(`${allowed} of deploy.folders cannot be opened`, { cause })
  })
  const below = relative(allowed, dirname(path))
  let at = root
  await checkFolder(at)
  for (const part of below === '' ? [] : below.split(sep)) {
    at = join(at, part)
    if (!(await checkFolder(at, missing))) return
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !way.startsWith(sep)
}

const othersMayWrite = 0o022
const sticky = 0o1000
const linksMax = 20

/**
 * Nobody else may exchange a folder on the way there, or a link of the host's own words. In a
 * sticky folder as `/tmp` each may only exchange what is its own.
 */
async function checkWay(path: string, linksLeft = linksMax): Promise<void> {
  const parts = path.split(sep).filter((part) => part !== '')
  let at: string = sep
  for (const [done, part] of parts.entries()) {
    const name = join(at, part)
    const [within, found] = await Promise.all([lstat(at), lstat(name)]).catch((error) => {
      throw new Forbidden(`${name} cannot be opened (${codeOf(error)})`)
    })
    const isOpen = (within.mode & othersMayWrite) !== 0
    const isSafe =
      isTrusted(within) && (!isOpen || ((within.mode & sticky) !== 0 && isTrusted(found)))
    if (!isSafe) {
      throw new Forbidden(
        `${at} can be written by others than root and the agent, who could exchange ${name}: ` +
          'keys are not put there (chmod go-w, and chown to root or the agent)',
      )
    }
    if (found.isSymbolicLink()) {
      if (linksLeft === 0) throw new Forbidden(`${path} leads through too many symbolic links`)
      const end = resolve(at, await readlink(name), ...parts.slice(done + 1))
      return checkWay(end, linksLeft - 1)
    }
    at = name
  }
}

const isTrusted = ({ uid }: { uid: number }) => [0, process.getuid?.() ?? 0].includes(uid)

async function checkFolder(path: string, missing = false): Promise<boolean> {
  const found = await lstat(path).catch((error) => {
    if (missing && isErrno(error, 'ENOENT')) return null
    throw new Forbidden(`${path} cannot be opened (${codeOf(error)})`)
  })
  if (found === null) return false
  if (found.isSymbolicLink()) throw new Forbidden(`${path} is a symbolic link: name its end`)
  if (!found.isDirectory()) throw new Forbidden(`${path} is not a folder`)
  if (!isTrusted(found) || (found.mode & othersMayWrite) !== 0) {
    throw new Forbidden(
      `${path} can be written by others than root and the agent: keys are not put there ` +
        '(chmod go-w, and chown to root or the agent)',
    )
  }
  return true
}

export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? error)
}
