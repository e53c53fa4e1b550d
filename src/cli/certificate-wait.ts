// Waits until a renewal of a certificate has come to something; the first issue by an authority
// elsewhere is one too.
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '../client/client.ts'

const pollMs = 500
const waitMsMax = 300_000

interface History {
  data: { id: number; state: string; error: { message: string } | null }[]
}

export interface RenewalEnd {
  /** `stored`, `failed`, `cancelled` or `waiting_csr`; another one where it is still under way. */
  state: string
  /** What last went wrong. */
  message: string | null
}

/** @param renewalId the newest one unless given */
export async function waitFor(
  client: Client,
  path: string,
  renewalId?: number,
): Promise<RenewalEnd> {
  const until = Date.now() + waitMsMax
  for (;;) {
    const { data } = await client.call<History>('GET', `${path}/renewals?limit=10`)
    const found = data.find((each) => renewalId === undefined || each.id === renewalId)
    const state = found?.state ?? 'queued'
    const over = ['stored', 'failed', 'cancelled', 'waiting_csr'].includes(state)
    if (over || Date.now() > until) return { state, message: found?.error?.message ?? null }
    await pause(pollMs)
  }
}
