// The part of a request that an audit row keeps.
import type { Origin } from '../audit/audit.ts'
import type { Request } from './route.ts'

export function originOf(request: Request<unknown, unknown, unknown>): Origin {
  return { caller: request.caller, address: request.address, requestId: request.requestId }
}
