// The address that limits, allow-lists, audit rows and logs mean: the client's.
import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'

/** A trusted proxy may pass on what is no address; then the proxy itself stands for its client. */
export function clientAddress(request: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return isIP(request.ip) === 0 ? (request.socket.remoteAddress ?? request.ip) : request.ip
}

/** Who counts as one: an address of version 4, or the 2^64 of version 6 that one household has. */
export function network(address: string): string {
  if (!ipaddr.isValid(address)) return '-'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${parsed.toByteArray().slice(0, 8).join('.')}/64`
}
