// Rules become Cedar, one policy each, as a person would write it. What Cedar's head can say stands
// in the head, by which policies are found; the rest are conditions, one `when` for each.
import {
  entityType,
  kindsTag,
  principalEntityType,
  principalTypes,
  readPrincipalType,
} from '../names.ts'
import { readPath } from './attribute-path.ts'
import {
  all,
  any,
  atom,
  attribute,
  type Expression,
  entity,
  like,
  list,
  literal,
  not,
  oneOf,
  quote,
  when,
} from './cedar-text.ts'
import { isAddressPath, readTest } from './condition.ts'
import { conditionText, type Effect, guarded } from './condition-text.ts'
import { type ContextNeeds, mergeNeeds } from './context.ts'
import { exactText, type Glob, matchesAll, readGlob } from './glob.ts'
import type { Condition, Principals, Resources, Rule } from './schema.ts'

interface Part {
  /** What stands in the head. */
  head: string
  when: readonly Expression[]
}

/**
 * @param rules as `Rules` of the schema answers them
 * @returns the policies, each with its rule's place as `@rule("0")`, and what the context must hold
 */
export function compileRules(rules: readonly Rule[]): { cedar: string; needs: ContextNeeds } {
  const compiled = rules.map((rule, index) => compileRule(rule, index))
  return {
    cedar: `${compiled.map(({ cedar }) => cedar).join('\n\n')}\n`,
    needs: mergeNeeds(compiled.map(({ needs }) => needs)),
  }
}

function compileRule(rule: Rule, index: number): { cedar: string; needs: ContextNeeds } {
  const { effect, description } = rule
  const conditions = rule.conditions ?? []
  const { principals = {}, resources = {} } = rule
  const principal = principalPart(principals)
  const resource = resourcePart(resources, effect)
  const action = actionPart(rule.actions.map(globOf))
  const tests = [
    // Who, what and which come first: a test that fails should do so only where the rule is meant.
    ...[principal, action, resource].flatMap((part) => part.when),
    ...attributeTests('principal', principals.attributes ?? {}, effect),
    ...attributeTests('resource', resources.attributes ?? {}, effect),
    ...conditions.map((condition) => conditionExpression(condition, effect)),
  ]
  const cedar = [
    `@rule("${index}")`,
    ...(description === undefined ? [] : [`@description(${quote(description)})`]),
    effect === 'allow' ? 'permit (' : 'forbid (',
    `  ${principal.head},`,
    `  ${action.head},`,
    `  ${resource.head}`,
    [')', ...tests.map(when)].join('\n'),
  ]
  return { cedar: `${cedar.join('\n')};`, needs: needsOf(rule, action.when.length > 0) }
}

function needsOf({ effect, conditions = [] }: Rule, action: boolean): ContextNeeds {
  const timezones = conditions.flatMap((condition) => {
    const test = readTest(condition)
    return test.kind === 'window' ? [test.window.zone] : []
  })
  const addresses = conditions.map(({ type }) => type).filter(isAddressPath)
  const lists = conditions
    .filter((condition) => effect === 'deny' && readTest(condition).kind === 'contains')
    .map(({ type }) => type)
  return mergeNeeds([{ timezones, addresses, lists, action }])
}

function principalPart(principals: Principals): Part {
  const { groups = [], ids = [] } = principals
  const types = entityTypes(principals, (name) => {
    const type = readPrincipalType(name)
    return type === null ? [] : [principalEntityType(type)]
  })
  const groupNames = [...new Set(groups)].map((name) => entity('Group', name))
  const [type] = types
  const [group] = groupNames
  const named = identities(ids, types.length > 0 ? types : principalTypes.map(principalEntityType))
  const [one] = named
  if (named.length === 1 && one !== undefined) {
    const inGroup = groups.length > 0 ? [membership('principal', groupNames)] : []
    return { head: `principal == ${one}`, when: inGroup }
  }
  const anyOfNamed = named.length > 0 ? [atom(`${list(named)}.contains(principal)`)] : []
  const isOne = types.length === 1 ? ` is ${type}` : ''
  const inOne = groupNames.length === 1 ? ` in ${group}` : ''
  return {
    head: `principal${isOne}${inOne}`,
    when: [
      ...(named.length === 0 ? typeTests('principal', types) : []),
      ...(groupNames.length > 1 ? [membership('principal', groupNames)] : []),
      ...anyOfNamed,
    ],
  }
}

function identities(ids: readonly string[], types: readonly string[]): string[] {
  return [...new Set(ids)].flatMap((id) => types.map((type) => entity(type, id)))
}

function membership(root: string, groups: readonly string[]): Expression {
  const [only] = groups
  return atom(`${root} in ${groups.length === 1 ? only : list(groups)}`)
}

function resourcePart(resources: Resources, effect: Effect): Part {
  const types = entityTypes(resources, (name) => [entityType(name)])
  const globs = (resources.identifiers ?? []).map(globOf)
  const [type] = types
  const [only] = globs
  const exact = globs.length === 1 && only !== undefined ? exactText(only) : null
  if (types.length === 1 && type !== undefined && exact !== null) {
    return { head: `resource == ${entity(type, exact)}`, when: [] }
  }
  const named =
    globs.length === 0 || globs.some(matchesAll)
      ? []
      : [guarded('resource', ['id'], anyGlob('resource.id', globs), effect)]
  return {
    head: types.length === 1 ? `resource is ${type}` : 'resource',
    when: [...typeTests('resource', types), ...named],
  }
}

function actionPart(globs: readonly Glob[]): Part {
  if (globs.some(matchesAll)) return { head: 'action', when: [] }
  const exact = globs.map(exactText)
  const names = [...new Set(exact.filter((name) => name !== null))]
  if (exact.includes(null)) {
    return { head: 'action', when: [anyGlob('context.panthera.action', globs)] }
  }
  const actions = names.map((name) => entity('Action', name))
  const head = actions.length === 1 ? `action == ${actions[0]}` : `action in ${list(actions)}`
  return { head, when: [] }
}

/** Types as entity types, each once. */
function entityTypes(
  { type, types }: { type?: string | undefined; types?: readonly string[] | undefined },
  encode: (name: string) => readonly string[],
): string[] {
  return [...new Set((type === undefined ? (types ?? []) : [type]).flatMap(encode))]
}

function typeTests(root: string, types: readonly string[]): Expression[] {
  if (types.length < 2) return []
  return [any(types.map((type) => atom(`${root} is ${type}`)))]
}

function anyGlob(target: string, globs: readonly Glob[]): Expression {
  const exact = globs.map(exactText).filter((name) => name !== null)
  const patterns = globs.filter((glob) => exactText(glob) === null)
  return any([
    ...(exact.length > 0 ? [oneOf(target, exact)] : []),
    ...patterns.map((glob) => like(target, glob)),
  ])
}

/** The attribute is one of the values, or a list that holds one of them (see `listTags`). */
function attributeTests(
  root: 'principal' | 'resource',
  attributes: NonNullable<Principals['attributes']>,
  effect: Effect,
): Expression[] {
  return Object.entries(attributes).map(([name, wanted]) => {
    const path = readPath(name) ?? [name]
    const values = [...new Set(Array.isArray(wanted) ? wanted : [wanted])]
    const tag = quote(path.join('.'))
    const [first = ''] = values
    const overlaps =
      values.length === 1
        ? `.contains(${literal(first)})`
        : `.containsAny(${list(values.map(literal))})`
    const listed = all([atom(`${root}.hasTag(${tag})`), atom(`${root}.getTag(${tag})${overlaps}`)])
    const target = attribute(root, path)
    const found = [oneOf(target, values), listed]
    const tests = effect === 'allow' ? found : [...found, ...othersThan(values, root, path)]
    return guarded(root, path, any(tests), effect)
  })
}

type Values = readonly (string | number | boolean)[]

/**
 * Of a deny: to Cedar what is of another kind than the values only differs from them, and the deny
 * would not hold. An element of a list that is of another kind makes it hold.
 */
function othersThan(values: Values, root: string, path: readonly string[]): Expression[] {
  const kinds = list([...new Set(values.map((value) => quote(typeof value)))])
  const tag = quote(path.join('.'))
  const ofList = quote(kindsTag(path.join('.')))
  const element = all([
    atom(`${root}.hasTag(${ofList})`),
    atom(`!(${kinds}.containsAll(${root}.getTag(${ofList})))`),
  ])
  const wrong = failsUnless(attribute(root, path), values)
  if (wrong === null) return [element]
  return [element, all([not(atom(`${root}.hasTag(${tag})`)), atom(wrong)])]
}

/**
 * Never true, and a failure where the attribute is of another kind than the values. Null where
 * they are of several kinds.
 */
function failsUnless(target: string, values: Values): string | null {
  const [kind, ...more] = new Set(values.map((value) => typeof value))
  if (more.length > 0) return null
  if (kind === 'string') return `!(${target} like "*")`
  return kind === 'number' ? `${target} < ${target}` : `(${target} && !${target})`
}

function conditionExpression(condition: Condition, effect: Effect): Expression {
  const test = readTest(condition)
  if (test.kind === 'refused') throw new RangeError(`${condition.type}: ${test.problem}`)
  return conditionText(readPath(condition.type) ?? [condition.type], test, effect)
}

function globOf(pattern: string): Glob {
  const glob = readGlob(pattern)
  if (glob === null) throw new RangeError(`${pattern} is no pattern`)
  return glob
}
