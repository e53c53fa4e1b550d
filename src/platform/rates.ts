// What each plan may do per window, as the references state it. Where a plan says unlimited or
// custom, the configured ceiling stands and is what the headers show.
import type { Plan } from './http/caller.ts'
import type { Rates, Window } from './limits.ts'
import type { Mount } from './permissions.ts'

type PlanRates = Record<Plan, Rates>

const documented: Record<Mount, PlanRates> = {
  gate: { free: { minute: 60 }, pro: { minute: 300 }, enterprise: { minute: 1_000 } },
  trust: {
    free: { minute: 60, hour: 1_000 },
    pro: { minute: 300, hour: 10_000 },
    enterprise: { minute: 1_000, hour: 50_000 },
  },
  identity: { free: { minute: 600 }, pro: { minute: 3_000 }, enterprise: { minute: 6_000 } },
  certus: { free: { day: 1_000 }, pro: { day: 10_000 }, enterprise: { day: 1_000_000 } },
  console: { free: { minute: 600 }, pro: { minute: 600 }, enterprise: { minute: 600 } },
}

const scansAtOnce: Record<Plan, number> = { free: 1, pro: 5, enterprise: 64 }

export interface PlanLimits {
  rates(mount: Mount, plan: Plan): Rates
  scansAtOnce(plan: Plan): number
}

/** `overrides`: `gate.free.minute` -> requests, `gate.free.scans` -> concurrent scans. */
export function createPlanLimits(overrides: Readonly<Record<string, number>>): PlanLimits {
  return {
    rates(mount, plan) {
      const rates = Object.entries(documented[mount][plan]) as [Window, number][]
      return Object.fromEntries(
        rates.map(([window, limit]) => [window, overrides[`${mount}.${plan}.${window}`] ?? limit]),
      )
    },
    scansAtOnce: (plan) => overrides[`gate.${plan}.scans`] ?? scansAtOnce[plan],
  }
}
