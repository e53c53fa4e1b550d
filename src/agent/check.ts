// What a host has of what its configuration says: files, folders, commands, sockets, the server.
// It changes nothing.
import { accessSync, constants } from 'node:fs'
import { lstat, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { getCACertificates } from 'node:tls'
import { Agent, request } from 'undici'
import { isErrno } from '../platform/files.ts'
import { type Configuration, readApiKey } from './configuration.ts'
import { lineOf } from './deployment/failure.ts'
import { permitPath } from './deployment/permitted.ts'
import { deploymentHost } from './host.ts'
import { identityPath } from './identity.ts'

export interface Finding {
  what: string
  /** `note`: it works, and people may want to know. */
  state: 'ok' | 'note' | 'wrong' | 'unreachable'
  message: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** One after the other, as an agent would come upon them. */
export async function* checkHost(
  configuration: Configuration,
  env: Environment,
): AsyncGenerator<Finding> {
  const { file, data, targets, deploy, commands, name, server } = configuration
  yield { what: 'configuration', state: 'ok', message: `${file}: agent ${name} of ${server}` }
  yield* checkKey(configuration, env)
  yield await checkData(data)
  const serves = targets.length === 0 ? 'none: nothing can be deployed here' : targets.join(', ')
  yield { what: 'targets', state: targets.length === 0 ? 'note' : 'ok', message: serves }
  const now = () => new Date()
  const host = await deploymentHost(configuration, { kubernetes: null, now }).catch((e: Error) => e)
  if (host instanceof Error) {
    yield { what: 'deploy', state: 'wrong', message: lineOf(host) }
    return
  }
  for (const folder of deploy.folders) {
    yield await finding('folder', () => permitPath(host.permissions, `${folder}/x`), folder)
  }
  for (const [command, [program = '']] of commands) {
    const own = deploy.commands[command] !== undefined
    const found = await finding(`command ${command}`, () => checkProgram(program), program)
    // A type's usual command that is not here is in nobody's way until a target names it.
    yield found.state === 'wrong' && !own ? { ...found, state: 'note' } : found
  }
  for (const endpoint of host.permissions.endpoints) yield await checkEndpoint(endpoint)
  yield await checkServer(configuration)
}

async function* checkKey(configuration: Configuration, env: Environment): AsyncGenerator<Finding> {
  const { keyFile } = configuration
  const from = keyFile ?? 'PANTHERA_AGENT_KEY'
  yield await finding('agent key', async () => void (await readApiKey(configuration, env)), from)
  const mode =
    keyFile === undefined
      ? 0
      : await stat(keyFile).then(
          (s) => s.mode,
          () => 0,
        )
  if ((mode & 0o077) !== 0) {
    yield { what: 'agent key', state: 'wrong', message: `${keyFile} is open to others: chmod 600` }
  }
}

async function checkData(data: string): Promise<Finding> {
  const what = 'data folder'
  const found = await stat(data).catch((error: unknown) => error)
  if (isErrno(found, 'ENOENT')) {
    return { what, state: 'note', message: `${data} is made at the first start` }
  }
  if (found instanceof Error) return { what, state: 'wrong', message: lineOf(found) }
  const { mode, uid } = found as Awaited<ReturnType<typeof stat>>
  if ((Number(mode) & 0o077) !== 0) {
    return { what, state: 'wrong', message: `${data} holds keys and is open to others: chmod 700` }
  }
  if (Number(uid) !== process.getuid?.()) {
    return { what, state: 'wrong', message: `${data} belongs to another user than runs this` }
  }
  const enrolled = await stat(identityPath(data)).then(
    () => 'an agent has enrolled from it',
    () => 'nobody has enrolled from it',
  )
  return { what, state: 'ok', message: `${data}: ${enrolled}` }
}

async function checkProgram(program: string): Promise<void> {
  accessSync(program, constants.X_OK)
  const { mode, uid } = await stat(program)
  const isOthers = (mode & 0o022) !== 0 || ![0, process.getuid?.()].includes(uid)
  if (isOthers) throw new Error(`${program} can be changed by others than root and the agent`)
}

async function checkEndpoint(endpoint: string): Promise<Finding> {
  const what = 'endpoint'
  if (endpoint.startsWith('/')) {
    const found = await lstat(endpoint).catch(() => null)
    if (found === null) return { what, state: 'note', message: `${endpoint} is not there now` }
    if (!found.isSocket()) return { what, state: 'wrong', message: `${endpoint} is no socket` }
  }
  return (await opens(endpoint))
    ? { what, state: 'ok', message: endpoint }
    : { what, state: 'note', message: `${endpoint}: nobody answers now` }
}

function opens(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const url = endpoint.startsWith('/') ? null : new URL(endpoint)
    const socket = url === null ? connect(endpoint) : connect(Number(url.port), url.hostname)
    socket.setTimeout(3_000, () => socket.destroy())
    socket.once('connect', () => resolve(true))
    socket.once('connect', () => socket.destroy())
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}

const skewMaxMs = 45_000

/** Any answer will do: whether it takes this agent shows when it enrols. */
async function checkServer({ server, ca }: Configuration): Promise<Finding> {
  const what = 'server'
  const times = { headersTimeout: 10_000, bodyTimeout: 10_000 }
  try {
    const trusted =
      ca === undefined
        ? [...getCACertificates('default'), ...getCACertificates('system')]
        : await readFile(ca, 'utf8')
    const dispatcher = new Agent({ connect: { timeout: 10_000, ca: trusted } })
    const { statusCode, headers, body } = await request(`${server}/openapi.json`, {
      dispatcher,
      ...times,
    })
    body.destroy()
    await dispatcher.destroy()
    const skewMs = Math.abs(Date.parse(String(headers.date)) - Date.now())
    if (skewMs > skewMaxMs) {
      const seconds = Math.round(skewMs / 1000)
      const message = `its clock and this one differ by ${seconds} s: proofs hold for 60 s`
      return { what, state: 'wrong', message }
    }
    if (statusCode === 200) return { what, state: 'ok', message: `${server} answers` }
    const message = `${server} answers ${statusCode}: is it the address of Panthera?`
    return { what, state: 'wrong', message }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { what, state: 'unreachable', message: lineOf(`${server}: ${code ?? message}`) }
  }
}

async function finding(
  what: string,
  check: () => Promise<void>,
  message: string,
): Promise<Finding> {
  try {
    await check()
    return { what, state: 'ok', message }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const told = code === 'ENOENT' ? `${message} is not there` : lineOf(error)
    return { what, state: 'wrong', message: told }
  }
}
