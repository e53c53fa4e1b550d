// The policies of a path (RFC 5280 §6.1, in the form of RFC 9618: a graph, so that its size is
// bounded by what the certificates say). The caller asks for any policy; only what authorities
// themselves require is held.
import { type Certificate, isSelfIssued } from '../certificate.ts'
import { oids } from '../oids.ts'

interface State {
  /** Policies that hold so far, each under the names it may have next; null once there is none. */
  valid: Map<string, Set<string>> | null
  explicit: number
  mapping: number
  any: number
}

/** What is wrong with the policies, or null. The first of a path is the leaf. */
export function policyProblem(path: readonly Certificate[]): string | null {
  const below = path.slice(0, -1).toReversed()
  const count = below.length
  const state: State = {
    valid: new Map([[oids.anyPolicy, new Set([oids.anyPolicy])]]),
    explicit: count + 1,
    mapping: count + 1,
    any: count + 1,
  }
  for (const [index, certificate] of below.entries()) {
    const isLast = index === count - 1
    takePolicies(state, certificate, isLast)
    if (state.explicit <= 0 && state.valid === null) return 'no policy holds, and one is required'
    if (isLast) break
    const { policyMappings } = certificate.says
    if (policyMappings.some((each) => Object.values(each).includes(oids.anyPolicy))) {
      return 'a policy is mapped from or to any policy'
    }
    mapPolicies(state, certificate)
    countDown(state, certificate)
  }
  const leaf = below.at(-1)
  if (leaf === undefined) return null
  // The leaf counts once more, and may require a policy itself.
  const last = Math.max(0, state.explicit - 1)
  const required = last === 0 || leaf.says.requireExplicitPolicy === 0
  return required && state.valid === null ? 'no policy holds, and one is required' : null
}

function takePolicies(state: State, certificate: Certificate, isLast: boolean): void {
  const told = certificate.says.policies.map(({ oid }) => oid)
  if (told.length === 0) state.valid = null
  if (state.valid === null) return
  const before = state.valid
  const expected = new Set([...before.values()].flatMap((names) => [...names]))
  const next = new Map<string, Set<string>>()
  const hadAny = expected.has(oids.anyPolicy)
  for (const oid of told) {
    if (oid === oids.anyPolicy) continue
    if (expected.has(oid) || hadAny) next.set(oid, new Set([oid]))
  }
  const anyAllowed = state.any > 0 || (!isLast && isSelfIssued(certificate))
  if (told.includes(oids.anyPolicy) && anyAllowed) {
    for (const oid of expected) if (!next.has(oid)) next.set(oid, new Set([oid]))
  }
  state.valid = next.size === 0 ? null : next
}

function mapPolicies(state: State, { says }: Certificate): void {
  if (state.valid === null || says.policyMappings.length === 0) return
  const next = new Map(state.valid)
  for (const [issuer, targets] of Map.groupBy(says.policyMappings, (each) => each.issuer)) {
    const held = next.has(issuer) || next.has(oids.anyPolicy)
    if (state.mapping > 0) {
      if (held) next.set(issuer, new Set(targets.map(({ subject }) => subject)))
    } else {
      next.delete(issuer)
    }
  }
  state.valid = next.size === 0 ? null : next
}

function countDown(state: State, certificate: Certificate): void {
  const { requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy } = certificate.says
  if (!isSelfIssued(certificate)) {
    state.explicit = Math.max(0, state.explicit - 1)
    state.mapping = Math.max(0, state.mapping - 1)
    state.any = Math.max(0, state.any - 1)
  }
  state.explicit = Math.min(state.explicit, requireExplicitPolicy ?? state.explicit)
  state.mapping = Math.min(state.mapping, inhibitPolicyMapping ?? state.mapping)
  state.any = Math.min(state.any, inhibitAnyPolicy ?? state.any)
}
