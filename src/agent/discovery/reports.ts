// Sends what a pass yields in parts of bounded size, the last of which says that it was all.
import { randomUUID } from 'node:crypto'
import {
  type Discovered,
  type DiscoveryReport,
  isSighting,
  isUnchanged,
  type Source,
} from '../../trust/connectors/discover/contract.ts'

const sightingsMax = 200
const bytesMax = 1_000_000
const unchangedMax = 1000
const skippedMax = 500

/** All parts of one pass have one `runId`: passes of a source may overlap. */
export type Send = (report: DiscoveryReport, runId: string) => Promise<void>

export interface Sent {
  sightings: number
  skipped: number
  unchanged: number
}

/**
 * Rejects with what `send` or the pass throws; parts that were sent by then are without an end.
 * @param whole whether it is a pass that sees all there is: what it does not see is gone.
 */
export async function sendAll(
  source: Source,
  found: AsyncIterable<Discovered>,
  send: Send,
  { whole = true } = {},
): Promise<Sent> {
  const sent: Sent = { sightings: 0, skipped: 0, unchanged: 0 }
  let part = emptyPart(source)
  let bytes = 0
  const runId = randomUUID()
  const flush = async (complete: boolean) => {
    await send({ ...part, complete }, runId)
    part = emptyPart(source)
    bytes = 0
  }
  for await (const each of found) {
    if (isSighting(each)) {
      sent.sightings += 1
      const size = each.chain.reduce((sum, der) => sum + der.length, each.der.length)
      if (part.sightings.length > 0 && bytes + size > bytesMax) await flush(false)
      part.sightings.push(each)
      bytes += size
    } else if (isUnchanged(each)) {
      sent.unchanged += 1
      part.unchanged.push(each)
    } else {
      sent.skipped += 1
      if (sent.skipped <= skippedMax) part.skipped.push(each)
    }
    const { sightings, unchanged } = part
    if (sightings.length >= sightingsMax || unchanged.length >= unchangedMax) await flush(false)
  }
  const more = sent.skipped - skippedMax
  if (more > 0) part.skipped.push({ path: source, reason: `${more} more places were not read` })
  await flush(whole)
  return sent
}

function emptyPart(source: Source): DiscoveryReport {
  return { source, complete: false, sightings: [], skipped: [], unchanged: [] }
}
