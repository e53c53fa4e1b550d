// What `decisions.ts` asks, in three languages: for each of a thousand kinds of resources one
// policy, by which a team reads what is of its own department, or what it has the clearance for.

export const policyCount = 1_000
export const personCount = 200
const departments = ['finance', 'legal', 'sales', 'research']

export interface Person {
  name: string
  groups: string[]
  department: string
  clearance: number
}

export interface Thing {
  kind: string
  id: string
  department: string
  level: number
}

export const people: readonly Person[] = Array.from({ length: personCount }, (_, nth) => ({
  name: `person-${nth}`,
  groups: Array.from({ length: 5 }, (_each, step) => `team_${(nth * 5 + step) % policyCount}`),
  department: departments[nth % departments.length] ?? '',
  clearance: nth % 5,
}))

/** Of every kind one that its team's members may read, or not: two in five come through. */
export const things: readonly Thing[] = Array.from({ length: policyCount }, (_, nth) => ({
  kind: `kind_${nth}`,
  id: `thing-${nth}`,
  department: departments[(nth >> 1) % departments.length] ?? '',
  level: nth % 7,
}))

/** Each person asks for a thing of one of their teams. */
export const questions: readonly { person: Person; thing: Thing }[] = people.flatMap(
  (person, nth) =>
    Array.from({ length: 5 }, (_, step) => ({
      person,
      thing: things[(nth * 5 + step) % policyCount] as Thing,
    })),
)

export function cedar(nth: number): string {
  const who = `principal in Group::"team_${nth}"`
  return `permit(${who}, action == Action::"read", resource is kind_${nth})
when {
  context.mfa &&
  (principal.department == resource.department || principal.clearance > resource.level)
};`
}

export function rego(): string {
  const rules = Array.from(
    { length: policyCount },
    (_, nth) => `allow if {
  input.resource.kind == "kind_${nth}"
  input.action == "read"
  "team_${nth}" in input.principal.groups
  input.context.mfa
  fits
}`,
  )
  return `package bench

default allow := false

fits if input.principal.department == input.resource.department

fits if input.principal.clearance > input.resource.level

${rules.join('\n\n')}
`
}

export function cerbosPolicy(nth: number): string {
  return `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: kind_${nth}
  version: default
  rules:
    - actions: ["read"]
      effect: EFFECT_ALLOW
      roles: ["team_${nth}"]
      condition:
        match:
          all:
            of:
              - expr: R.attr.mfa
              - any:
                  of:
                    - expr: P.attr.department == R.attr.department
                    - expr: P.attr.clearance > R.attr.level
`
}

export function forOpa({ person, thing }: (typeof questions)[number]): object {
  return { input: { principal: person, action: 'read', resource: thing, context: { mfa: true } } }
}

export function forCerbos({ person, thing }: (typeof questions)[number]): object {
  const { name, groups, department, clearance } = person
  const { kind, id, level } = thing
  return {
    principal: { id: name, roles: groups, attr: { department, clearance } },
    resources: [
      {
        actions: ['read'],
        resource: { kind, id, attr: { department: thing.department, level, mfa: true } },
      },
    ],
  }
}
