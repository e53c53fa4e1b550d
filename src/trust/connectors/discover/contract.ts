// What every source of discovery is to the command line and to the agent. Add a source: its part of
// the settings here, and one file that exports a `Discover`.
import { z } from 'zod'

export const sources = ['filesystem', 'kubernetes', 'cloud', 'network'] as const
export type Source = (typeof sources)[number]

/** One certificate in one place. */
export interface Sighting {
  der: Uint8Array
  /** What stands with it, its issuer first; may be empty. */
  chain: Uint8Array[]
  source: Source
  /** The machine, cluster, region or server that has it. */
  hostname: string
  /** Of a file its path; `host:port`; `namespace/secret`; an ARN. */
  path: string
  /** Whether its key is there too. The key itself never leaves the reader. */
  hasPrivateKey: boolean
  /** What else there is to know, such as a key that a password closes. */
  note?: string
  /** Of network sightings alone. */
  tls?: { protocol: string; serverName: string | null }
}

/** A place that was not read, or not whole. */
export interface Skipped {
  path: string
  reason: string
}

/** A place that is as it was when it was read last: it still holds these. */
export interface Unchanged {
  path: string
  source: Source
  hostname: string
  certificates: KnownCertificate[]
}

export interface KnownCertificate {
  /** `SHA256:` and lower-case hex. */
  fingerprint: string
  hasPrivateKey: boolean
}

export type Discovered = Sighting | Skipped | Unchanged

export const isSighting = (each: Discovered): each is Sighting => 'der' in each
export const isUnchanged = (each: Discovered): each is Unchanged => 'certificates' in each

/** What a source remembers of places between two passes; whoever calls it keeps it. */
export interface DiscoveryState {
  /** What was found when the place last carried this stamp; undefined where it is new. */
  recall(path: string, stamp: string): readonly KnownCertificate[] | undefined
  remember(path: string, stamp: string, found: readonly KnownCertificate[]): void
  /** Whether certificates were found there, whatever its stamp is now. */
  holds(path: string): boolean
}

export interface DiscoveryContext {
  signal: AbortSignal
  /** Of this machine, for sightings in its files. */
  hostname: string
  state?: DiscoveryState
  /** What is done of how much; null while that is not known. */
  progress?: (done: number, total: number | null) => void
}

/**
 * Yields what a source finds; never throws for what it reads, only the signal's reason, or
 * `DiscoveryRefused` where it cannot begin.
 */
export type Discover<Settings> = (
  settings: Settings,
  context: DiscoveryContext,
) => AsyncIterable<Discovered>

/** The settings cannot be worked with as they are. */
export class DiscoveryRefused extends Error {
  /** What to do instead. */
  readonly hint: string | null

  constructor(message: string, hint: string | null = null) {
    super(message)
    this.name = 'DiscoveryRefused'
    this.hint = hint
  }
}

const path = z.string().min(1).max(4096)
const minutes = z.int().min(5).max(10_080)

export const FilesSettings = z.strictObject({
  /** Files and folders; folders are walked whole. */
  paths: z.array(path).min(1).max(100),
  /** Paths, or names such as `node_modules`, that are left out with all below them. */
  exclude: z.array(path).max(200).default([]),
  /** A file with one password of key stores per line; `changeit` and none are tried anyway. */
  passwordsFile: path.optional(),
  /** How often by names. */
  everyMinutes: minutes.default(60),
  /** How often by content, of every file. */
  deepEveryHours: z.int().min(1).max(720).default(24),
  sizeMax: z.int().min(1024).max(67_108_864).default(4_194_304),
  depthMax: z.int().min(1).max(64).default(24),
  filesMax: z.int().min(1).max(10_000_000).default(2_000_000),
  /** Whether authorities are told as well, and trust stores of the system read. */
  authorities: z.boolean().default(false),
})
export type FilesSettings = z.infer<typeof FilesSettings>

const port = z.int().min(1).max(65_535)

export const TlsSettings = z.strictObject({
  /** `web.example.com`, `10.0.0.0/24:443,8443`, `[fd00::1]:636`, `smtp://mail.example.com`. */
  targets: z.array(z.string().min(1).max(300)).min(1).max(1000),
  /** Of targets that name none. */
  ports: z.array(port).min(1).max(100).default([443]),
  /** Names to ask each address for, beside none. */
  serverNames: z.array(z.string().min(1).max(253)).max(20).default([]),
  everyMinutes: minutes.default(360),
  concurrency: z.int().min(1).max(256).default(64),
  timeoutMs: z.int().min(100).max(10_000).default(3000),
  /** Addresses of all targets together. */
  addressesMax: z.int().min(1).max(16_777_216).default(65_536),
})
export type TlsSettings = z.infer<typeof TlsSettings>

export const KubernetesSettings = z.strictObject({
  /** Path; without it the cluster that this program runs in. */
  kubeconfig: path.optional(),
  context: z.string().min(1).max(253).optional(),
  /** All that may be listed, where none are named. */
  namespaces: z
    .array(z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/))
    .max(500)
    .default([]),
  everyMinutes: minutes.default(60),
})
export type KubernetesSettings = z.infer<typeof KubernetesSettings>

export const AcmSettings = z.strictObject({
  /** Credentials are those of the standard AWS environment, files or instance role. */
  regions: z
    .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/))
    .min(1)
    .max(40),
  everyMinutes: minutes.default(360),
})
export type AcmSettings = z.infer<typeof AcmSettings>

export const DiscoverySettings = z.strictObject({
  files: FilesSettings.optional(),
  tls: TlsSettings.optional(),
  kubernetes: KubernetesSettings.optional(),
  acm: AcmSettings.optional(),
})
export type DiscoverySettings = z.infer<typeof DiscoverySettings>

/** What is sent of a pass: one of several parts, bounded in size. */
export interface DiscoveryReport {
  source: Source
  /** Whether with this part the pass has told all there is. */
  complete: boolean
  sightings: Sighting[]
  skipped: Skipped[]
  /** As they were: what the last reports told of them still holds. */
  unchanged: Unchanged[]
}
