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
  // A service asks for a decision per request of its own.
  identity: {
    free: { minute: 1_000 },
    pro: { minute: 10_000 },
    enterprise: { minute: 1_000_000 },
  },
  certus: { free: { day: 1_000 }, pro: { day: 10_000 }, enterprise: { day: 1_000_000 } },
  console: { free: { minute: 600 }, pro: { minute: 600 }, enterprise: { minute: 600 } },
}

/** Limits of single endpoints, the same on every plan. */
const documentedByName = {
  'identity.token': { hour: 100 },
  'identity.refresh': { hour: 1_000 },
  'identity.keys': { hour: 50 },
  /** Per address. */
  'identity.revoke': { minute: 600 },
  'identity.introspect': { minute: 6_000 },
  /** Relying parties that ask for revocation, per address. */
  'trust.status': { minute: 6_000 },
  /** Failed authentication of a client, per client and address. */
  'identity.failures': { hour: 100 },
  /** The same of all clients together, per address: beyond it nothing is looked up. */
  'identity.address_failures': { minute: 120 },
  /** Of the ACME server: requests and new accounts per address, the rest per account. */
  'acme.requests': { minute: 6_000 },
  'acme.accounts': { hour: 500 },
  'acme.orders': { hour: 1_500 },
  /** Challenges to validate. */
  'acme.offers': { hour: 3_000 },
} as const satisfies Record<string, Rates>

export type LimitName = keyof typeof documentedByName

/** Evidence packs that Certus takes. */
const packs: PlanRates = {
  free: { month: 100 },
  pro: { month: 1_000 },
  enterprise: { month: 1_000_000 },
}

const scansAtOnce: Record<Plan, number> = { free: 1, pro: 5, enterprise: 64 }

export interface PlanLimits {
  rates(mount: Mount, plan: Plan): Rates
  named(name: LimitName): Rates
  packs(plan: Plan): Rates
  scansAtOnce(plan: Plan): number
}

/** `overrides`: `gate.free.minute` -> requests, `gate.free.scans` -> concurrent scans. */
export function createPlanLimits(overrides: Readonly<Record<string, number>>): PlanLimits {
  const overridden = (name: string, rates: Rates): Rates =>
    Object.fromEntries(
      (Object.entries(rates) as [Window, number][]).map(([window, limit]) => {
        return [window, overrides[`${name}.${window}`] ?? limit]
      }),
    )
  return {
    rates: (mount, plan) => overridden(`${mount}.${plan}`, documented[mount][plan]),
    packs: (plan) => overridden(`certus.${plan}`, packs[plan]),
    named: (name) => overridden(name, documentedByName[name]),
    scansAtOnce: (plan) => overrides[`gate.${plan}.scans`] ?? scansAtOnce[plan],
  }
}

/** What may be overridden, each with the window it counts in. */
export function limitNames(): string[] {
  const names = (prefix: string, rates: Rates) =>
    Object.keys(rates).map((window) => `${prefix}.${window}`)
  const byPlan = Object.entries(documented).flatMap(([mount, plans]) =>
    Object.entries(plans).flatMap(([plan, rates]) => names(`${mount}.${plan}`, rates)),
  )
  const byPack = Object.entries(packs).flatMap(([plan, rates]) => names(`certus.${plan}`, rates))
  const byName = Object.entries(documentedByName).flatMap(([name, rates]) => names(name, rates))
  return [
    ...byPlan,
    ...byPack,
    ...byName,
    ...Object.keys(scansAtOnce).map((plan) => `gate.${plan}.scans`),
  ]
}
