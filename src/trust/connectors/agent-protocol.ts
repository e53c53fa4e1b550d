// What agent and server say to each other. An agent only asks outbound, over HTTPS; every answer
// that makes it act is a job that the server has signed, and every one of its requests carries a
// proof that it holds the key with which it enrolled: neither a stolen API key nor a proxy that
// reads along can deploy anything.
import { z } from 'zod'

const base64 = z.base64().max(100_000)
const der = base64.describe('DER, as base64')
const fingerprint = z.string().regex(/^SHA256:[0-9a-f]{64}$/)
/** Raw 32 bytes of an Ed25519 (RFC 8032) or X25519 (RFC 7748) public key, as base64. */
const key32 = z.base64().length(44)
const line = z.string().min(1).max(500)
/** They are part of a key, whose size PostgreSQL bounds in bytes. */
const textWithin = (bytesMax: number) =>
  z
    .string()
    .max(bytesMax)
    .refine((text) => Buffer.byteLength(text) <= bytesMax, `must have up to ${bytesMax} bytes`)
const seenHost = textWithin(253)
const seenPath = textWithin(1_000)

/** As in `agent-prod-01`: what people call it, once per organization. */
export const AgentName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be lower-case letters, digits, dots and hyphens')

/** POST /trust/api/agents/enrol, with an agent key (`ak_…`) in X-Agent-API-Key. */
export const Enrolment = z.strictObject({
  name: AgentName,
  hostname: z.string().min(1).max(253),
  version: z.string().max(50),
  platform: z.string().max(100).describe('As in linux-x64'),
  /** Types of deployment targets and sources of discovery that it is allowed and able to serve. */
  targetTypes: z.array(z.string().max(30)).max(20),
  sources: z.array(z.string().max(30)).max(20),
  /** Names of the reload commands that its own configuration allows; the words stay with it. */
  reloadCommands: z.array(z.string().max(60)).max(100),
  proofKey: key32.describe('Ed25519: its requests are signed with it'),
  sealingKey: key32.describe('X25519: private keys that it is sent are sealed to it'),
})

export type Enrolment = z.infer<typeof Enrolment>

/** The agent keeps `serverKey` for ever: a job signed by another is refused. */
export const Enrolled = z.object({ agentId: z.string(), serverKey: key32 })
export type Enrolled = z.infer<typeof Enrolled>

/**
 * Header X-Agent-Proof of every later request: a compact JWS (RFC 7515), EdDSA, `kid` the agent's
 * id, `typ` `panthera-agent-proof+jws`, over these claims. `body` is the lower-case hex SHA-256 of
 * the body, of nothing where there is none. Each holds once: a repeated request has a new `jti`.
 */
export const ProofClaims = z.strictObject({
  method: z.enum(['GET', 'POST']),
  path: z.string().max(500).describe('With its query, from the surface on: /api/agents/me/jobs'),
  body: z.string().regex(/^[0-9a-f]{64}$/),
  iat: z.int().describe('Seconds; more than 60 from the server’s clock is refused'),
  jti: z.string().regex(/^[\x21-\x7e]{16,64}$/, 'must be 16 to 64 visible ASCII characters'),
})
export type ProofClaims = z.infer<typeof ProofClaims>

/**
 * ECDH-ES to the agent's sealing key with a fresh X25519 key, HKDF-SHA-256 (salt: the ephemeral
 * and the agent's public key; info: `panthera-agent-key/1`), AES-256-GCM: as `agent-words.ts`.
 */
export const SealedKey = z.strictObject({
  ephemeral: key32,
  nonce: z.base64().length(16),
  /** PKCS #8 DER, sealed, with the tag at the end; the job's id is the additional data. */
  ciphertext: base64,
})

const KeyRequest = z.strictObject({
  kind: z.literal('make_key'),
  certificateId: z.int(),
  renewalId: z.int(),
  commonName: z.string().max(253),
  names: z.array(z.string().max(253)).max(100),
  keyType: z.enum(['RSA', 'ECDSA', 'Ed25519']),
  keySize: z.int(),
  /** With the key that it has for the certificate, where it has one. */
  reuseKey: z.boolean(),
})

const Deploy = z.strictObject({
  kind: z.literal('deploy'),
  /** Names files of the agent, which looks for numbers alone after a crash. */
  deploymentId: z.int().min(1),
  certificateId: z.int(),
  version: z.int(),
  target: z.strictObject({
    name: z.string().max(100),
    type: z.string().max(30),
    settings: z.record(z.string(), z.unknown()).describe('As the connector of the type has them'),
  }),
  certificate: der,
  /** Issuer first, without the root. */
  chain: z.array(der).max(10),
  fingerprint,
  /** Null: the agent made the key itself and finds it by the certificate's public key. */
  key: SealedKey.nullable(),
})

const Discovery = z.strictObject({
  kind: z.literal('discover'),
  source: z.enum(['filesystem', 'kubernetes', 'cloud', 'network']),
  deep: z.boolean(),
})

/** The words that the server signs: a compact JWS, EdDSA, `typ` `panthera-agent-job+jws`. */
export const Job = z.strictObject({
  jobId: z.string().max(60),
  /**
   * Rises with every offer to the agent, which takes them in this order and refuses one that is not
   * above the last. A job that is offered again keeps its id and has a new sequence: the agent
   * answers one that it has done with the result that it had.
   */
  sequence: z.int(),
  agentId: z.string(),
  expiresAt: z.iso.datetime(),
  work: z.discriminatedUnion('kind', [KeyRequest, Deploy, Discovery]),
})
export type Job = z.infer<typeof Job>

/** GET /trust/api/agents/me/jobs?wait=30: what it is to do now, each under a lease. */
export const OfferedJobs = z.object({
  data: z
    .array(z.object({ jobId: z.string(), jws: z.string().max(1_000_000), leaseMs: z.int() }))
    .max(10),
})

export type OfferedJobs = z.infer<typeof OfferedJobs>

export const DeploymentStep = z.strictObject({
  at: z.iso.datetime(),
  step: z.enum([
    'recovered',
    'snapshot',
    'write',
    'switch',
    'config_test',
    'reload',
    'probe',
    'commit',
    'roll_back',
  ]),
  outcome: z.enum(['done', 'skipped', 'failed']),
  message: line,
})
export type DeploymentStep = z.infer<typeof DeploymentStep>

/**
 * POST /trust/api/agents/me/jobs/{id}/progress: keeps the lease, tells the steps so far. 409
 * JOB_ENDED where the job is over: it was cancelled, has expired, or has its result.
 */
export const Progress = z.strictObject({ steps: z.array(DeploymentStep).max(50) })
export type Progress = z.infer<typeof Progress>

/** Answer to both: the lease as it is then, 0 where the job is over. */
export const JobAnswer = z.object({ data: z.object({ jobId: z.string(), leaseMs: z.int() }) })

/**
 * POST /trust/api/agents/me/jobs/{id}/result: the same twice counts once; another one than was told
 * before is 409 JOB_ENDED.
 */
export const JobResult = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('key_made'), csr: der.describe('PKCS #10') }),
  z.strictObject({
    state: z.enum(['deployed', 'rolled_back', 'failed']),
    steps: z.array(DeploymentStep).max(50),
    /** What the target's TLS clients see at the end; null where nothing could be asked. */
    servedFingerprint: fingerprint.nullable(),
    /** Why it did not come to `deployed`, in one line for people. */
    message: line.nullable(),
  }),
  z.strictObject({ state: z.literal('discovered'), sightings: z.int() }),
  /** It will not do the job at all: what its configuration forbids, or a signature is wrong. */
  z.strictObject({ state: z.literal('refused'), message: line }),
])
export type JobResult = z.infer<typeof JobResult>

/** POST /trust/api/agents/me/discoveries: a batch of what it found; at most 500 sightings. */
export const DiscoveryReport = z.strictObject({
  source: z.enum(['filesystem', 'kubernetes', 'cloud', 'network']),
  /** One run of a source has one id, however many batches it takes. */
  runId: z.string().max(60),
  /** The last batch of a run that saw everything. */
  complete: z.boolean(),
  sightings: z
    .array(
      z.strictObject({
        certificate: der,
        chain: z.array(der).max(10),
        hostname: seenHost,
        path: seenPath,
        hasPrivateKey: z.boolean(),
      }),
    )
    .max(500),
  skipped: z.array(z.strictObject({ path: z.string().max(1_000), reason: line })).max(200),
  /** Places that are as they were when it last told of them: they still hold what they held. */
  unchanged: z
    .array(z.strictObject({ hostname: seenHost, path: seenPath }))
    .max(1_000)
    .default([]),
})
export type DiscoveryReport = z.infer<typeof DiscoveryReport>
