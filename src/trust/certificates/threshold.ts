// When a certificate is renewed by itself.

const dayMs = 86_400_000

/**
 * The configured threshold before the end, yet never more than a third of the life: thirty days
 * would renew a certificate of six weeks all the time.
 */
export function renewFrom(
  life: { validFrom: Date | string; validTo: Date | string },
  thresholdDays: number,
): Date {
  const from = new Date(life.validFrom).getTime()
  const to = new Date(life.validTo).getTime()
  return new Date(to - Math.min(thresholdDays * dayMs, Math.max(0, to - from) / 3))
}
