// Where the decision point's endpoints are, for whoever asks at its well-known address.
import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import type { Surface } from '../../platform/permissions.ts'

export const paths = {
  evaluation: '/access/v1/evaluation',
  evaluations: '/access/v1/evaluations',
  subject: '/access/v1/search/subject',
  resource: '/access/v1/search/resource',
  action: '/access/v1/search/action',
} as const

export const Metadata = z.object({
  policy_decision_point: z.string(),
  access_evaluation_endpoint: z.string(),
  access_evaluations_endpoint: z.string(),
  search_subject_endpoint: z.string(),
  search_resource_endpoint: z.string(),
  search_action_endpoint: z.string(),
})

export interface Addresses {
  publicUrl: string
  surfaceHosts: ReadonlyMap<string, Surface>
}

export function metadata(
  addresses: Addresses,
  headers: IncomingHttpHeaders,
): z.infer<typeof Metadata> {
  const point = decisionPoint(addresses, headers.host ?? '')
  return {
    policy_decision_point: point,
    access_evaluation_endpoint: point + paths.evaluation,
    access_evaluations_endpoint: point + paths.evaluations,
    search_subject_endpoint: point + paths.subject,
    search_resource_endpoint: point + paths.resource,
    search_action_endpoint: point + paths.action,
  }
}

/**
 * A client trusts the document only where it names the address that it was asked at, and a host of
 * its own has no base path. Of the Host header nothing is repeated that is no setting of ours.
 */
function decisionPoint({ publicUrl, surfaceHosts }: Addresses, host: string): string {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  if (surfaceHosts.get(name) !== 'identity') return `${publicUrl}/identity`
  const url = new URL(publicUrl)
  url.hostname = name
  return url.origin
}
