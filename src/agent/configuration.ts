// `agent.yaml`: what the host says of itself, and what it lets its server do to it. The server
// names folders, commands and sockets; only what stands here is touched.
import { readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, isAbsolute, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { AgentName } from '../trust/connectors/agent-protocol.ts'
import { CommandName, HostPath } from '../trust/connectors/deploy/contract.ts'
import {
  type DeployTypeName,
  deployTypeNames,
  deployTypes,
} from '../trust/connectors/deploy/index.ts'
import { DiscoverySettings } from '../trust/connectors/discover/contract.ts'

/** Told in one line: which file and key, what was wrong, what is accepted. */
export class ConfigurationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ConfigurationError'
  }
}

const path = z.string().min(1).max(1000)
const Argv = z
  .array(
    z
      .string()
      .max(1000)
      .regex(/^[^\0]*$/),
  )
  .min(1)
  .max(50)
  .refine(([program = '']) => isAbsolute(program), 'must begin with the absolute path of a program')

const Deploy = z.strictObject({
  folders: z.array(HostPath).max(50).default([]),
  commands: z.record(CommandName, Argv).default({}),
  endpoints: z.array(z.string().max(400)).max(20).default([]),
  versionsMax: z.int().min(1).max(100).default(3),
  keyMode: z.enum(['0600', '0640']).default('0600'),
  keyGroup: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,31}$/, 'must be the name of a group')
    .optional(),
  commandTimeoutSeconds: z.int().min(1).max(300).default(60),
  probeSeconds: z.int().min(1).max(120).default(15),
})

const Kubernetes = z.strictObject({
  /** Without it the cluster that the agent runs in. */
  kubeconfig: path.optional(),
  context: z.string().max(253).optional(),
  /** In which secrets may be replaced. */
  namespaces: z.array(z.string().max(63)).min(1).max(500),
})

const Settings = z.strictObject({
  server: z.url({ protocol: /^https?$/, error: 'must be an https:// address' }),
  ca: path.optional(),
  insecureHttp: z.boolean().default(false),
  keyFile: path.optional(),
  name: AgentName.optional(),
  data: path.default('/var/lib/panthera-agent'),
  log: z.enum(['json', 'text']).optional(),
  targets: z.array(z.enum(deployTypeNames)).max(20).default([]),
  deploy: Deploy.prefault({}),
  kubernetes: Kubernetes.optional(),
  discovery: DiscoverySettings.prefault({}),
})

export interface Configuration extends Omit<z.infer<typeof Settings>, 'targets' | 'name'> {
  /** Where it was read. */
  file: string
  name: string
  targets: DeployTypeName[]
  /** Of the Trust surface, without a slash at its end. */
  server: string
  /** The host's own and those of its types. */
  commands: ReadonlyMap<string, readonly string[]>
}

type Environment = Readonly<Record<string, string | undefined>>

const textMax = 256 << 10

/** @throws {ConfigurationError} for the first thing wrong. */
export async function readConfiguration(file: string): Promise<Configuration> {
  const text = await readText(file)
  const document = parseDocument(text, { prettyErrors: true })
  const [problem] = document.errors
  if (problem !== undefined) {
    throw new ConfigurationError(`${file}: ${problem.message.split('\n', 1)[0]}`)
  }
  const read = Settings.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {})
  if (!read.success) throw new ConfigurationError(`${file}: ${sayIssue(read.error)}`)
  return settled(read.data, file)
}

function settled(settings: z.infer<typeof Settings>, file: string): Configuration {
  const inFolder = (each: string) => resolve(dirname(resolve(file)), each)
  const { ca, keyFile, data, deploy, kubernetes } = settings
  const name = settings.name ?? hostname().toLowerCase()
  if (!AgentName.safeParse(name).success) {
    throw new ConfigurationError(`${file}: name is required: the host's own (${name}) is no such`)
  }
  return {
    ...settings,
    file,
    name,
    server: surfaceOf(settings, file),
    data: inFolder(data),
    ...(ca === undefined ? {} : { ca: inFolder(ca) }),
    ...(keyFile === undefined ? {} : { keyFile: inFolder(keyFile) }),
    ...(kubernetes?.kubeconfig === undefined
      ? {}
      : { kubernetes: { ...kubernetes, kubeconfig: inFolder(kubernetes.kubeconfig) } }),
    targets: [...new Set(settings.targets)],
    commands: new Map([
      ...settings.targets.flatMap((type) => Object.entries(deployTypes[type].commands)),
      ...Object.entries(deploy.commands),
    ]),
  }
}

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** `https://host` means its Trust; an address with a path is taken as it is. */
function surfaceOf({ server, insecureHttp }: z.infer<typeof Settings>, file: string): string {
  const url = new URL(server)
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new ConfigurationError(`${file}: server must be an address without user, query and hash`)
  }
  if (url.protocol === 'http:' && !loopback.test(url.hostname) && !insecureHttp) {
    throw new ConfigurationError(
      `${file}: server must be https:// (over http everybody on the way reads the API key); ` +
        'insecureHttp: true accepts that',
    )
  }
  const way = url.pathname.replace(/\/+$/, '')
  return `${url.origin}${way === '' ? '/trust' : way}`
}

/** From the file of the configuration, or of the environment; read anew each time. */
export async function readApiKey(
  { file, keyFile }: Pick<Configuration, 'file' | 'keyFile'>,
  env: Environment,
): Promise<string> {
  const fromFile = keyFile === undefined ? undefined : (await readText(keyFile)).trim()
  const key = fromFile ?? env.PANTHERA_AGENT_KEY?.trim()
  if (key !== undefined && /^ak_[0-9A-Za-z]{10,100}$/.test(key)) return key
  if (key) throw new ConfigurationError(`${keyFile ?? 'PANTHERA_AGENT_KEY'} is no key ak_…`)
  throw new ConfigurationError(
    `no key of an agent: set PANTHERA_AGENT_KEY, or keyFile in ${file}, to a key ak_… ` +
      '(panthera key create --surface trust --type agent --name …)',
  )
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > textMax) throw new ConfigurationError(`${file} has over ${textMax} bytes`)
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigurationError(`${file} cannot be read (${code})`, { cause: error })
  }
}

function sayIssue(error: z.ZodError): string {
  const [issue] = error.issues
  const where = issue?.path.join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') {
    const place = where === '' ? '' : ` in ${where}`
    return `${issue.keys.join(', ')}${place} is not known`
  }
  const missing = issue?.code === 'invalid_type' && issue.input === undefined
  return `${where} ${missing ? 'is required' : (issue?.message ?? 'is wrong')}`
}
