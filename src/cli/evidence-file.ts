// Packs and bundles as files: read as strictly as a server reads them.
import { readFile } from 'node:fs/promises'
import type { EvidenceBundle } from '../certus/seal/bundle.ts'
import { JsonFault, type JsonObject, readJson } from '../certus/seal/json/read.ts'
import { UsageError } from './usage-error.ts'

const bounds = { depthMax: 64, valuesMax: 5_000_000 }

/** @throws {UsageError} */
export async function bundleIn(path: string): Promise<EvidenceBundle> {
  return asBundle(await objectIn(path), path)
}

/** @param name what to call it in an error */
export function asBundle(bundle: JsonObject, name: string): EvidenceBundle {
  const names = ['content', 'signed_hash', 'envelope', 'log_proof', 'public_key', 'verifier_key']
  const missing = names.find((each) => typeof bundle[each] !== 'string')
  if (missing === undefined) return bundle as unknown as EvidenceBundle
  throw new UsageError(`${name} is not an evidence bundle: it has no ${missing}`)
}

/** @throws {UsageError} */
export async function objectIn(path: string): Promise<JsonObject> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`)
  }
  return objectOf(text, path)
}

/** @param name what to call it in an error. @throws {UsageError} */
export function objectOf(text: string, name: string): JsonObject {
  try {
    const value = readJson(text, bounds)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    throw new UsageError(`${name} ${error.message}, at character ${error.at + 1}`)
  }
  throw new UsageError(`${name} must hold a JSON object`)
}
