// Decisions per second in this process, beside Cedar's own engine and, where its program is given,
// OPA: `node bench/policy-engine.ts [--opa PATH]`. One policy grants one group one
// action on one folder; one in twenty forbids. The worst case is policies that are all looked at.

import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { decide } from '../src/identity/policy/decide.ts'
import type { Entities } from '../src/identity/policy/entities.ts'
import { createEntities } from '../src/identity/policy/entities.ts'
import type { AccessRequest, CedarJson, Entity, EntityUid } from '../src/identity/policy/json.ts'
import { parsePolicies } from '../src/identity/policy/parse.ts'
import type { PolicySet } from '../src/identity/policy/set.ts'
import { compilePolicySet } from '../src/identity/policy/set.ts'
import type { Figure } from './measure.ts'
import { percentile, print } from './measure.ts'
import type { OpaData } from './policy-peers.ts'
import { opaRate } from './policy-peers.ts'

// A context that is made after the flag has the collector as a function; this one has not.
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const { values } = parseArgs({ options: { opa: { type: 'string' } } })

const uid = (type: string, id: string | number): EntityUid => ({ type, id: String(id) })
const reference = (to: EntityUid): CedarJson => ({ __entity: { ...to } })

function anchored(i: number): string {
  const head = `principal in Group::"g${i}", action == Action::"${i % 2 ? 'read' : 'write'}"`
  const when = i % 20 === 7 ? 'context.risk > 80' : 'context.mfa && context.risk < 50'
  const effect = i % 20 === 7 ? 'forbid' : 'permit'
  return `${effect} (${head}, resource in Folder::"f${i % 50}") when { ${when} };`
}

function unanchored(i: number): string {
  const when = `context.risk < ${i % 40} && resource.level > ${i}`
  return `permit (principal, action, resource) when { ${when} };`
}

/** As a rule about an attribute is written, which may be one text or several. */
function ruled(i: number): string {
  const tag = `principal.hasTag("team") && principal.getTag("team").contains("t${i}")`
  const when = `principal has team && (principal.team == "t${i}" || (${tag}))`
  return `permit (principal is User, action, resource) when { ${when} } when { context.mfa };`
}

function guardedByText(i: number): string {
  return `permit (principal, action, resource) when { resource.owner == "o${i}" && context.mfa };`
}

function entitiesOf(policies: number): Entity[] {
  const users = Array.from({ length: 200 }, (_, i) => ({
    uid: uid('User', `u${i}`),
    attrs: {
      name: `User ${i}`,
      level: i % 5,
      team: `t${i}`,
      department: reference(uid('Group', 'g0')),
    },
    parents: [0, 1, 2].map((j) => uid('Group', `g${(i * 7 + j * 31) % policies}`)),
  }))
  const documents = Array.from({ length: 200 }, (_, i) => ({
    uid: uid('Document', `d${i}`),
    attrs: { level: i % 7, owner: `o${i}` },
    parents: [uid('Folder', `f${i % 50}`)],
  }))
  return [...users, ...documents]
}

function requestsOf(): AccessRequest[] {
  return Array.from({ length: 1000 }, (_, i) => ({
    principal: uid('User', `u${(i * 13) % 200}`),
    action: uid('Action', i % 2 ? 'read' : 'write'),
    resource: uid('Document', `d${(i * 29) % 200}`),
    context: { mfa: i % 3 !== 0, risk: i % 100 },
  }))
}

function compile(texts: readonly string[]): PolicySet {
  const { policies, errors } = parsePolicies(texts.join('\n'), {
    lengthMax: 10_000_000,
    policiesMax: 10_000,
  })
  if (errors.length > 0) throw new Error(errors[0]?.message)
  return compilePolicySet(policies.map(({ json }, i) => ({ id: `policy${i}`, json })))
}

interface Rate {
  perSecond: number
  /** Per second of processor time: what a machine without other load would do. */
  perCpuSecond: number
  p99Us: number
}

/** First the rate, without a clock between the calls, then each call timed by itself. */
function rateOf(call: (request: AccessRequest) => void, ms: number): Rate {
  const requests = requestsOf()
  const times: number[] = []
  repeat(requests, ms / 2, call)
  const start = performance.now()
  const cpu = process.cpuUsage()
  const calls = repeat(requests, ms, call)
  const { user, system } = process.cpuUsage(cpu)
  const perSecond = calls / ((performance.now() - start) / 1000)
  repeat(requests, ms / 2, (request) => {
    const begin = performance.now()
    call(request)
    times.push(performance.now() - begin)
  })
  const perCpuSecond = calls / ((user + system) / 1e6)
  return { perSecond, perCpuSecond, p99Us: percentile(times, 99) * 1000 }
}

function repeat(
  requests: readonly AccessRequest[],
  ms: number,
  call: (request: AccessRequest) => void,
): number {
  const end = performance.now() + ms
  for (let calls = 0; ; calls++) {
    const request = requests[calls % requests.length]
    if (request === undefined || (calls % 4 === 0 && performance.now() > end)) return calls
    call(request)
  }
}

function shown({ perSecond, perCpuSecond, p99Us }: Rate): string {
  const [wall, cpu] = [perSecond, perCpuSecond].map((rate) => Math.round(rate).toLocaleString('en'))
  return `${wall}/s, ${cpu}/cpu-s, p99 ${p99Us.toFixed(0)} us`
}

function ourRate(set: PolicySet, entities: Entities): Rate {
  return rateOf((request) => decide(set, request, entities), 1000)
}

function cedarRate(texts: readonly string[], entities: readonly Entity[]): Rate {
  preparsePolicySet('bench', { staticPolicies: texts.join('\n') })
  const passed = entities.map((each) => ({ ...each, parents: [...each.parents] }))
  return rateOf((request) => {
    // Only what the request needs: each call parses all entities that it is given.
    const needed = passed.filter(({ uid }) =>
      [request.principal, request.resource].some(({ type, id }) => {
        return uid.type === type && uid.id === id
      }),
    )
    const call: unknown = { ...request, preparsedPolicySetId: 'bench', entities: needed }
    statefulIsAuthorized(call as Parameters<typeof statefulIsAuthorized>[0])
  }, 500)
}

function opaData(count: number, entities: readonly Entity[]): OpaData {
  const parents = (type: string) =>
    Object.fromEntries(
      entities
        .filter(({ uid }) => uid.type === type)
        .map(({ uid, parents }) => [uid.id, parents.map(({ id }) => id)]),
    )
  const grants: Record<string, Record<string, unknown>> = { permit: {}, forbid: {} }
  for (let i = 0; i < count; i++) {
    const effect = grants[i % 20 === 7 ? 'forbid' : 'permit']
    if (effect) effect[`g${i}`] = { [i % 2 ? 'read' : 'write']: { [`f${i % 50}`]: true } }
  }
  return { users: parents('User'), documents: parents('Document'), grants }
}

function opaPeer(count: number, entities: readonly Entity[]): string {
  const request = requestsOf()[1]
  if (values.opa === undefined || request === undefined) return ''
  const { principal, action, resource, context } = request
  const input = { principal: principal.id, action: action.id, resource: resource.id, context }
  const rate = opaRate(values.opa, opaData(count, entities), input)
  return rate === null ? '; OPA does not run' : `; OPA ${Math.round(rate).toLocaleString('en')}/s`
}

function memoryOf(texts: readonly string[]): string {
  const before = used()
  const set = compile(texts)
  const mb = (used() - before) / 1e6
  return set.policies.length === texts.length ? `${mb.toFixed(1)} MB` : 'not compiled'
}

/** After the garbage is gone: otherwise the figure would be of that. */
function used(): number {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed
}

function figures(): Figure[] {
  const rows = [10, 1_000, 10_000].map((count): Figure => {
    const texts = Array.from({ length: count }, (_, i) => anchored(i))
    const entities = entitiesOf(count)
    const store = createEntities(entities)
    return {
      what: `decisions, ${count.toLocaleString('en')} policies`,
      ours: shown(ourRate(compile(texts), store)),
      ...(count === 1_000 ? { aim: '200,000/s' } : {}),
      peer: `cedar-wasm ${shown(cedarRate(texts, entities))}${opaPeer(count, entities)}`,
    }
  })
  const store = createEntities(entitiesOf(1_000))
  const kinds = [
    ['compared with a constant first', guardedByText],
    ['of one attribute of the principal', ruled],
    ['all looked at (worst case)', unanchored],
  ] as const
  const more = kinds.map(([name, write]): Figure => {
    const texts = Array.from({ length: 1_000 }, (_, i) => write(i))
    return {
      what: `decisions, 1,000 policies, ${name}`,
      ours: shown(ourRate(compile(texts), store)),
      peer: `cedar-wasm ${shown(cedarRate(texts, entitiesOf(1_000)))}`,
    }
  })
  const memory = memoryOf(Array.from({ length: 10_000 }, (_, i) => anchored(i)))
  return [...rows, ...more, { what: 'memory of 10,000 policies', ours: memory }]
}

print(figures())
