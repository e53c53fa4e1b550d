// One pass of a source because the server asks for it, beside those that come by themselves.
import { hostname } from 'node:os'
import { discoverAcm } from '../trust/connectors/discover/acm.ts'
import type {
  Discovered,
  DiscoveryContext,
  DiscoverySettings,
  Source,
} from '../trust/connectors/discover/contract.ts'
import { discoverFiles } from '../trust/connectors/discover/files.ts'
import { discoverKubernetes } from '../trust/connectors/discover/kubernetes.ts'
import { discoverTls } from '../trust/connectors/discover/tls.ts'
import { type Send, sendAll } from './discovery/reports.ts'

interface NowOptions {
  settings: DiscoverySettings
  send: Send
  signal: AbortSignal
}

/** Answers how many certificates it saw; null where the configuration has no such source. */
export function discoverNow({ settings, send, signal }: NowOptions) {
  return async (wanted: { source: Source; deep: boolean }): Promise<number | null> => {
    const found = look(settings, wanted, { signal, hostname: hostname() })
    if (found === null) return null
    // What only a deep pass finds is not seen by others, and is there all the same.
    const whole = wanted.source !== 'filesystem' || wanted.deep
    return (await sendAll(wanted.source, found, send, { whole })).sightings
  }
}

function look(
  { files, tls, kubernetes, acm }: DiscoverySettings,
  { source, deep }: { source: Source; deep: boolean },
  context: DiscoveryContext,
): AsyncIterable<Discovered> | null {
  if (source === 'filesystem' && files !== undefined)
    return discoverFiles({ ...files, deep }, context)
  if (source === 'network' && tls !== undefined) return discoverTls(tls, context)
  if (source === 'kubernetes' && kubernetes !== undefined) {
    return discoverKubernetes(kubernetes, context)
  }
  return source === 'cloud' && acm !== undefined ? discoverAcm(acm, context) : null
}
