// Events of Trust and Identity as facts that controls ask for.
import type { z } from 'zod'
import {
  type CertificateRef,
  certificateExpiring,
  certificateImported,
  certificateIssued,
  certificateRenewalFailed,
  certificateRenewed,
  certificateRevoked,
  certificateWeak,
} from '../../events/certificate.ts'
import { decisionsRecorded } from '../../events/decision.ts'
import { keyCreated, keyRevoked, keyRotated } from '../../events/key.ts'
import {
  policyActivated,
  policyArchived,
  policyCreated,
  policyDeactivated,
  policyDeleted,
  policyUpdated,
} from '../../events/policy.ts'
import {
  principalCreated,
  principalDeleted,
  principalSuspended,
  principalTerminated,
  principalUpdated,
} from '../../events/principal.ts'
import { auditCheckpointSigned } from '../../platform/audit/checkpoint-event.ts'
import type { EventDefinition } from '../../platform/events.ts'
import type { Subscription } from '../../platform/module.ts'
import { decisionLog, type Fact, record } from './store.ts'

export const factSubscriptions: readonly Subscription[] = [
  on(certificateIssued, (one) => certificate(one, 'good', null)),
  on(certificateImported, (one) => certificate(one, 'good', null)),
  on(certificateRenewed, (one) => certificate(one, 'good', null)),
  on(certificateWeak, (one) => certificate(one, 'bad', `weak: ${one.weaknesses.join(', ')}`)),
  on(certificateExpiring, (one) => {
    return certificate(one, 'warning', `ends within ${Math.max(one.days_left, 0) + 1} days`)
  }),
  on(certificateRenewalFailed, (one) => {
    return certificate(one, 'warning', `its renewal failed: ${one.error.code}`)
  }),
  on(certificateRevoked, (one) => certificate(one, 'gone', `revoked: ${one.reason}`)),
  ...[
    policyCreated,
    policyActivated,
    policyUpdated,
    policyDeactivated,
    policyArchived,
    policyDeleted,
  ].map((event) =>
    on(event, ({ policy_id, name, status }) => ({
      kind: 'decisions',
      object: policy_id,
      name: `policy ${name}`,
      // What is deleted may have been active to the last.
      state: status === 'active' && event.name !== policyDeleted.name ? 'good' : 'gone',
      reason: null,
      goodUntil: null,
    })),
  ),
  on(decisionsRecorded, () => kept('decisions', decisionLog, 'the log of decisions')),
  ...[principalCreated, principalUpdated, principalSuspended].map((event) => principals(event)),
  ...[principalTerminated, principalDeleted].map((event) => principals(event)),
  ...[keyCreated, keyRotated, keyRevoked].map((event) =>
    on(event, () => kept('identity', 'keys', 'the register of keys')),
  ),
  on(auditCheckpointSigned, ({ seq }) => {
    return kept('audit', 'chain', `the audit chain, signed up to entry ${seq}`)
  }),
]

function on<Schema extends z.ZodType>(
  definition: EventDefinition<string, Schema>,
  factOf: (payload: z.output<Schema>) => Fact,
): Subscription {
  return {
    event: definition.name,
    async handle(tx, event) {
      const fact = factOf(definition.schema.parse(event.payload))
      await record(tx, { organizationId: event.organizationId, event }, fact)
      return []
    },
  }
}

function certificate(of: CertificateRef, state: Fact['state'], reason: string | null): Fact {
  return {
    kind: 'certificates',
    object: `${of.certificate_id}`,
    name: `certificate ${of.certificate_id} (${of.common_name})`,
    state,
    reason,
    goodUntil: of.valid_to,
  }
}

/** That a register or a log is in use. */
function kept(kind: Fact['kind'], object: string, name: string): Fact {
  return { kind, object, name, state: 'good', reason: null, goodUntil: null }
}

function principals<Schema extends z.ZodType>(event: EventDefinition<string, Schema>) {
  return on(event, () => kept('identity', 'principals', 'the register of principals'))
}
