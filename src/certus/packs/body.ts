// A submission's text, bounded, and refused where it is not UTF-8: what a decoder puts in place of
// the broken bytes nobody has sealed.
import { common } from '../../platform/errors.ts'
import type { RawBody } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'

/** 25,000 findings have about 9 MB. */
const bytesMax = 32 * 1024 * 1024

/** Throws 413, 400. */
export async function textOf(body: RawBody | undefined): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > bytesMax) throw common.problem('too_large', { details: { bytes_max: bytesMax } })
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch {
    throw invalidField('body', 'must be UTF-8')
  }
}
