// What discovery finds, in the words and the bounds of the protocol.
import type { DiscoveryReport } from '../trust/connectors/agent-protocol.ts'
import type {
  DiscoverySettings,
  DiscoveryReport as Part,
  Source,
} from '../trust/connectors/discover/contract.ts'
import { oneLine } from './deployment/failure.ts'
import type { Send } from './discovery/reports.ts'
import type { Server } from './server.ts'

/** As the protocol has them. */
const bounds = {
  ...{ skippedMax: 200, chainMax: 10, derBytesMax: 75_000 },
  ...{ pathBytesMax: 1_000, hostBytesMax: 253 },
}

export function reportTo(server: Pick<Server, 'discoveries'>): Send {
  return async (part, runId) => {
    for (const report of reportsOf(part, runId)) await server.discoveries(report)
  }
}

/** What there is to look at, as the server calls it. */
export function sourcesOf({ files, tls, kubernetes, acm }: DiscoverySettings): Source[] {
  const sources: [Source, unknown][] = [
    ['filesystem', files],
    ['network', tls],
    ['kubernetes', kubernetes],
    ['cloud', acm],
  ]
  return sources.flatMap(([source, settings]) => (settings === undefined ? [] : [source]))
}

function reportsOf(part: Part, runId: string): DiscoveryReport[] {
  const { source, complete } = part
  const large = part.sightings.filter(({ der }) => der.length > bounds.derBytesMax)
  const skipped = [
    ...part.skipped,
    ...large.map(({ path }) => ({ path, reason: 'the certificate is too large to be told' })),
  ].map(({ path, reason }) => ({ path: cut(path), reason: oneLine(reason) }))
  const first: DiscoveryReport = {
    ...{ source, runId, complete: false },
    sightings: part.sightings.filter((each) => !large.includes(each)).map(sightingOf),
    skipped: skipped.slice(0, bounds.skippedMax),
    unchanged: part.unchanged.map(({ hostname, path }) => {
      return { hostname: host(hostname), path: cut(path) }
    }),
  }
  const reports = [first]
  for (let at = bounds.skippedMax; at < skipped.length; at += bounds.skippedMax) {
    const more = skipped.slice(at, at + bounds.skippedMax)
    reports.push({ ...first, sightings: [], unchanged: [], skipped: more })
  }
  const last = reports.at(-1)
  if (last !== undefined) last.complete = complete
  return reports
}

function sightingOf({ der, chain, hostname, path, hasPrivateKey }: Part['sightings'][number]) {
  const above = chain.filter((each) => each.length <= bounds.derBytesMax)
  return {
    certificate: base64(der),
    chain: above.slice(0, bounds.chainMax).map(base64),
    hostname: host(hostname),
    path: cut(path),
    hasPrivateKey,
  }
}

const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64')

/** The end of a path tells more than its beginning. No character is cut in half. */
function cut(path: string): string {
  const bytes = Buffer.from(path)
  if (bytes.length <= bounds.pathBytesMax) return bytes.toString()
  const end = bytes.subarray(bytes.length - bounds.pathBytesMax + Buffer.byteLength('…'))
  const begin = end.findIndex((byte) => (byte & 0xc0) !== 0x80)
  return `…${end.toString('utf8', begin)}`
}

const host = (name: string) => {
  const bytes = Buffer.from(name)
  if (bytes.length <= bounds.hostBytesMax) return bytes.toString()
  let end = bounds.hostBytesMax
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
