// Who this agent is: two keys that are made on the host and never leave it, the id that its server
// gave it, and the server's own key, which is believed for ever from the first time on.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createExclusive, isErrno, writeAtomic } from '../platform/files.ts'
import type { Enrolled } from '../trust/connectors/agent-protocol.ts'
import { ConfigurationError } from './configuration.ts'

const Stored = z.object({
  name: z.string(),
  /** PKCS #8 DER, as base64. */
  proofKey: z.string(),
  sealingKey: z.string(),
  enrolled: z.object({ agentId: z.string(), serverKey: z.string() }).nullable(),
})

export interface Identity {
  name: string
  proofKey: KeyObject
  sealingKey: KeyObject
  /** Null until the server has answered. */
  enrolled: z.infer<typeof Enrolled> | null
}

/** The file of all that; whoever has it is the agent. */
export const identityPath = (data: string) => join(data, 'identity.json')

/**
 * Those of the data folder, made where there are none. @throws {ConfigurationError} where the
 * folder is another agent's.
 */
export async function openIdentity(data: string, name: string): Promise<Identity> {
  const path = identityPath(data)
  const stored = (await read(path)) ?? (await make(path, name))
  if (stored.name !== name) {
    throw new ConfigurationError(
      `${data} belongs to the agent "${stored.name}", and the configuration says "${name}": ` +
        'give the old name back, or another data folder',
    )
  }
  return {
    name,
    proofKey: privateKey(stored.proofKey),
    sealingKey: privateKey(stored.sealingKey),
    enrolled: stored.enrolled,
  }
}

/**
 * Keeps what the server answered, the first time; later it must be the same.
 * @throws {ConfigurationError} where it is not.
 */
export async function keepEnrolment(
  data: string,
  identity: Identity,
  answer: z.infer<typeof Enrolled>,
): Promise<void> {
  const { enrolled } = identity
  const path = identityPath(data)
  if (enrolled === null) {
    const stored = await read(path)
    await writeAtomic(path, JSON.stringify({ ...stored, enrolled: answer }))
    identity.enrolled = answer
    return
  }
  const start = `stop the agent, move ${path} away, and start it: it enrols as a new one`
  if (enrolled.serverKey !== answer.serverKey) {
    throw new ConfigurationError(
      `the server signs with another key than when this agent enrolled, and is not believed; ` +
        `if it was really set up anew, ${start}`,
    )
  }
  if (enrolled.agentId !== answer.agentId) {
    throw new ConfigurationError(`the server knows this agent no more (it was revoked): ${start}`)
  }
}

async function make(path: string, name: string): Promise<z.infer<typeof Stored>> {
  const stored = {
    name,
    proofKey: exported(generateKeyPairSync('ed25519').privateKey),
    sealingKey: exported(generateKeyPairSync('x25519').privateKey),
    enrolled: null,
  }
  await createExclusive(path, JSON.stringify(stored))
  return stored
}

async function read(path: string): Promise<z.infer<typeof Stored> | null> {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  })
  if (text === null) return null
  try {
    return Stored.parse(JSON.parse(text))
  } catch (cause) {
    throw new ConfigurationError(`${path} is not as the agent wrote it`, { cause })
  }
}

const exported = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'der' }).toString('base64')

const privateKey = (text: string) =>
  createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
