// Reads the files of certificates that commands are given, and their password where there is one.
import { readFile, stat } from 'node:fs/promises'
import { X509Error } from '../trust/x509/error.ts'
import { type Inspection, type InspectOptions, inspectFile } from '../trust/x509/inspect/inspect.ts'
import { UsageError } from './usage-error.ts'

const bytesMax = 64 * 1024 * 1024
const variable = 'PANTHERA_KEYSTORE_PASSWORD'

/** `-` is what comes in. Throws UsageError for what cannot be read. */
export async function inspectPath(
  path: string,
  profile: InspectOptions['profile'],
): Promise<Inspection> {
  const bytes = path === '-' ? await readInput() : await readPath(path)
  const password = process.env[variable] ?? null
  try {
    return inspectFile(bytes, { at: new Date(), password, profile: profile ?? 'internal' })
  } catch (error) {
    if (!(error instanceof X509Error)) throw error
    const hint =
      error.fault === 'wrong_password' ? `Set ${variable} to the password of the key store.` : null
    throw new UsageError(`${path}: ${error.message}`, hint)
  }
}

async function readPath(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path)
    if (size > bytesMax) throw new UsageError(`${path} has over ${bytesMax} bytes`)
    return await readFile(path)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be read: ${code ?? message}`)
  }
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bytesMax) throw new UsageError(`what comes in has over ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
