// What every kind of deployment target is to the rest of Trust: settings that the server checks
// and keeps, and a plan that the agent carries out. Add one: a file that answers a
// `DeploymentType`, and its row in `index.ts`. A plan names commands, it never spells them: their
// words stand in the configuration of the agent's own host, so that nobody who owns the server or
// an account of it can run anything there.
import { z } from 'zod'

/** What is written: PEM. `fullchain` is certificate and chain; `combined` is that and the key. */
export type Content = 'certificate' | 'chain' | 'fullchain' | 'key' | 'combined'

export interface PlannedFile {
  /** Absolute. */
  path: string
  content: Content
}

export type Place =
  /** Plain files, each replaced by renaming over it. */
  | { kind: 'files'; files: readonly PlannedFile[] }
  /**
   * `<folder>/versions/<version>/{cert,chain,fullchain,privkey}.pem` with a symbolic link
   * `<folder>/current`, which one rename moves: certificate and key never disagree.
   */
  | { kind: 'folder'; folder: string }
  /** A secret of Kubernetes, type `kubernetes.io/tls`. */
  | { kind: 'secret'; namespace: string; name: string }

export type Action =
  /** By its name in the agent's configuration, or of `DeploymentType.commands`. */
  | { kind: 'command'; name: string }
  /** `set ssl cert` and `commit ssl cert` on HAProxy's Unix socket. */
  | { kind: 'haproxy'; socket: string; file: string }
  /** Caddy's admin API: the configuration that it has, loaded once more. */
  | { kind: 'caddy'; adminUrl: string }

/** Where a TLS client looks whether the certificate is served. */
export interface Probe {
  host: string
  port: number
  /** Null: the first DNS name of the certificate. */
  serverName: string | null
}

export interface Plan {
  place: Place
  /** Before the reload; what it says decides whether there is one. */
  test: Action | null
  reload: Action | null
  probes: readonly Probe[]
}

export interface DeploymentType {
  settings: z.ZodType
  /** Words of the commands that its settings name by default; a host may give others. */
  commands: Readonly<Record<string, readonly string[]>>
  /** Throws ZodError for settings that are not the type's. */
  plan(settings: unknown): Plan
}

export function deploymentType<Settings>(type: {
  settings: z.ZodType<Settings>
  commands: DeploymentType['commands']
  plan: (settings: Settings) => Plan
}): DeploymentType {
  return { ...type, plan: (settings) => type.plan(type.settings.parse(settings)) }
}

/** A command that may be left out. */
export function commandOf(name: string | undefined): Action | null {
  return name === undefined ? null : { kind: 'command', name }
}

/** A path of a host: absolute and plain, so that it means the same to every program there. */
export const HostPath = z
  .string()
  .max(400)
  .regex(/^(\/[A-Za-z0-9_@%+=:,~.-]+)+$/, 'must be an absolute path of plain characters')
  .refine(
    (path) => !path.split('/').some((part) => part === '.' || part === '..'),
    'must have no "." or ".." in it',
  )

export const CommandName = z
  .string()
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower-case letters, digits, dots and hyphens')

const hostForm = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]+)$/

const ProbeSettings = z
  .strictObject({
    host: z.string().max(253).regex(hostForm, 'must be a host name or an address'),
    port: z.int().min(1).max(65_535).default(443),
    serverName: z
      .string()
      .max(253)
      .regex(/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/, 'must be a host name')
      .nullable()
      .default(null)
      .describe('SNI; the first DNS name of the certificate unless given'),
  })
  .describe('A TLS client of the agent must see the new certificate there')

export const Probes = z.array(ProbeSettings).max(10)

/** Of servers that listen: one probe at least, here on the host unless said otherwise. */
export const ServerProbes = Probes.min(1).default([
  { host: '127.0.0.1', port: 443, serverName: null },
])
