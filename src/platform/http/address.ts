// The address that limits, allow-lists, audit rows and logs mean: the client's.
import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** A trusted proxy may pass on what is no address; then the proxy itself stands for its client. */
export function clientAddress(request: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return isIP(request.ip) === 0 ? (request.socket.remoteAddress ?? request.ip) : request.ip
}
