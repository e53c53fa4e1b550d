// Which methods an address takes: tells an address that does not exist from one that was asked
// with another method (RFC 9110, section 15.5.6).
import { common, type Problem } from '../errors.ts'
import type { Route } from './route.ts'

type Table = readonly Pick<Route, 'method' | 'path'>[]

/** `path` is below the surface's base path. Answers 405 with `Allow`, or 404. */
export function missing(routes: Table, path: string): Problem {
  const allowed = methodsAt(routes, path)
  if (allowed.length === 0) return common.problem('not_found')
  return common.problem('method_not_allowed', {
    details: { allowed },
    headers: { allow: allowed.join(', ') },
  })
}

/** In the order of the routes; the router answers HEAD wherever it answers GET. */
export function methodsAt(routes: Table, path: string): string[] {
  const parts = partsOf(path)
  const methods = routes
    .filter((route) => fits(partsOf(route.path), parts))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return [...new Set(methods)]
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return (
    pattern.length === parts.length &&
    pattern.every((part, at) => part === parts[at] || (part.startsWith(':') && parts[at] !== ''))
  )
}

function partsOf(path: string): string[] {
  return path.replace(/\/$/, '').split('/')
}
