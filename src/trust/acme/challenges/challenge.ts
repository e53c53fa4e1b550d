// What a validation is given, and how one fails: with a problem that tells what was found.
import type { Resolver } from 'node:dns/promises'
import type { Problem } from '../../../platform/errors.ts'
import { type Outbound, OutboundFailed, OutboundRefused } from '../../../platform/outbound/index.ts'
import type { AcmeSettings } from '../../connectors/authority/acme-server.ts'
import { acmeErrors } from '../errors.ts'

export interface Task {
  identifier: { type: 'dns' | 'ip'; value: string }
  token: string
  /** RFC 8555 §8.1: what whoever has the account's key can say. */
  keyAuthorization: string
  settings: AcmeSettings
  signal: AbortSignal
}

/** The ways out that a validation may take; each asks the guard. */
export interface Ways {
  outbound: Outbound
  /** Throws OutboundRefused where the settings name a server that must not be reached. */
  resolver(): Promise<Resolver>
}

/** Resolves where the challenge is met; throws a Problem otherwise. */
export type Validate = (task: Task, ways: Ways) => Promise<void>

/** What the guard or the network says; anything else goes on as it is. */
export function connectionProblem(error: unknown): unknown {
  if (error instanceof OutboundRefused) return connection(error.message)
  if (!(error instanceof OutboundFailed)) return error
  if (error.code === 'dns') return acmeErrors.problem('acme_dns', { message: error.message })
  if (error.code === 'tls') return acmeErrors.problem('acme_tls', { message: error.message })
  return connection(error.message)
}

export function connection(message: string): Problem {
  return acmeErrors.problem('acme_connection', { message })
}

export function incorrect(message: string): Problem {
  return acmeErrors.problem('acme_incorrect_response', { message })
}

/** Of what a stranger's server said: short, and nothing that a terminal would obey. */
export function excerpt(text: string): string {
  const shown = text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?')
  return text.length > 80 ? `"${shown}…"` : `"${shown}"`
}
