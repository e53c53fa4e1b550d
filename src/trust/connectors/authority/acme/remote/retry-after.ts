// The header Retry-After (RFC 9110, section 10.2.3): seconds, or a time.

/** Milliseconds from now, 0 where it says nothing that makes sense. */
export function retryAfterMs(header: string | string[] | undefined, now: number): number {
  if (typeof header !== 'string' || header.length > 100) return 0
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? 0 : Math.max(0, at - now)
}
