// The form of policies in which most people write: rules of plain JSON or YAML.
import { z } from 'zod'
import { principalTypes, readPrincipalType, type reservedPrincipalAttributes } from '../names.ts'
import { readPath } from './attribute-path.ts'
import { operators, readTest } from './condition.ts'
import { readGlob } from './glob.ts'

export const bounds = {
  rulesMax: 100,
  typesMax: 50,
  idsMax: 200,
  groupsMax: 100,
  attributesMax: 20,
  valuesMax: 200,
  identifiersMax: 200,
  actionsMax: 100,
  conditionsMax: 20,
  textLengthMax: 512,
} as const

const isUnicode = (value: string) => value.isWellFormed()
const anyText = z.string().max(bounds.textLengthMax).refine(isUnicode, 'must be Unicode')
const text = anyText.min(1)

const knownTypes = principalTypes.join(', ')
const PrincipalTypeName = z
  .string()
  .max(64)
  .refine((type) => readPrincipalType(type) !== null, `must be a type of principal: ${knownTypes}`)

const ResourceTypeName = z.string().min(1).max(128)

const Pattern = text.refine((glob) => readGlob(glob) !== null, {
  message: 'must be a pattern: * stands for any text, \\* for a star, \\\\ for a backslash',
})

const Scalar = z.union([anyText, z.int(), z.boolean()], {
  error:
    `must be text of up to ${bounds.textLengthMax} characters, an integer within ±(2^53−1), ` +
    'true or false',
})

const AttributeValues = z.union([Scalar, z.array(Scalar).min(1).max(bounds.valuesMax)], {
  error:
    'must be text, an integer within ±(2^53−1), true or false, ' +
    `or a list of 1 to ${bounds.valuesMax} of these`,
})

const AttributeRecord = z
  .record(z.string().max(128), AttributeValues)
  .check(({ value, issues }) => {
    const names = Object.keys(value)
    const complain = (message: string, path: string[]) =>
      issues.push({ code: 'custom', input: value, message, path })
    if (names.length > bounds.attributesMax) {
      complain(`must not have more than ${bounds.attributesMax} attributes`, [])
    }
    for (const name of names) {
      if (readPath(name) === null) complain(pathForm, [name])
    }
  })
  .describe('All must hold; a list means any of its values')

/** What zod passes over in a record without a word; a rule would ask for less than was written. */
const passedOver = '__proto__'

const Attributes = z.preprocess((value, context) => {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, passedOver)) {
    context.addIssue({ code: 'custom', message: 'cannot be asked for', path: [passedOver] })
  }
  return value
}, AttributeRecord)

const pathForm = 'must be the name of an attribute: up to 128 characters, dots between levels'

const oneOfTypes = ({ type, types }: { type?: unknown; types?: unknown }) =>
  type === undefined || types === undefined
const bothTypes = { message: 'must not stand beside type: one of the two', path: ['types'] }

/** Entities and sets, which an equal value in a rule would never meet. */
const otherwise: Readonly<Record<string, string>> = {
  groups: 'is told by groups beside attributes',
  owner: 'is a principal, not a value; accepted in the cedar form: principal.owner == …',
  id: 'is told by ids beside attributes',
  type: 'is told by type beside attributes',
} satisfies Partial<Record<(typeof reservedPrincipalAttributes)[number], string>>

export const Principals = z
  .strictObject({
    type: PrincipalTypeName.optional().describe(knownTypes),
    types: z.array(PrincipalTypeName).min(1).max(bounds.typesMax).optional(),
    attributes: Attributes.optional(),
    groups: z.array(text).min(1).max(bounds.groupsMax).optional().describe('In any of these'),
    ids: z.array(text).min(1).max(bounds.idsMax).optional().describe('Any of these'),
  })
  .refine(oneOfTypes, bothTypes)
  .check(({ value, issues }) => {
    for (const name of Object.keys(value.attributes ?? {})) {
      const message = Object.hasOwn(otherwise, name) ? otherwise[name] : undefined
      if (message === undefined) continue
      issues.push({ code: 'custom', input: value, message, path: ['attributes', name] })
    }
  })
export type Principals = z.infer<typeof Principals>

export const Resources = z
  .strictObject({
    type: ResourceTypeName.optional().describe('What stands before the colon of type:id'),
    types: z.array(ResourceTypeName).min(1).max(bounds.typesMax).optional(),
    identifiers: z
      .array(Pattern)
      .min(1)
      .max(bounds.identifiersMax)
      .optional()
      .describe('Any of these; what stands after the colon of type:id, * for any text'),
    attributes: Attributes.optional(),
  })
  .refine(oneOfTypes, bothTypes)
export type Resources = z.infer<typeof Resources>

export const Condition = z
  .strictObject({
    type: z
      .string()
      .refine((path) => readPath(path) !== null, pathForm)
      .describe('An attribute of the context: time, ip, mfa, risk_score or one of yours'),
    operator: z.enum(operators, `must be one of ${operators.join(', ')}`),
    value: z.unknown().describe('What the operator compares with'),
  })
  .check(({ value: condition, issues }) => {
    const test = readTest(condition)
    if (test.kind !== 'refused') return
    issues.push({
      code: 'custom',
      input: condition,
      message: `${test.problem}; accepted: ${test.accepted}`,
      path: [...test.path],
    })
  })
export type Condition = z.infer<typeof Condition>

export const Rule = z.strictObject({
  effect: z
    .enum(['allow', 'deny'], 'must be allow or deny')
    .describe('A deny that holds wins over every allow'),
  description: anyText.optional(),
  principals: Principals.optional().describe('Every principal unless told'),
  resources: Resources.optional().describe('Every resource unless told'),
  actions: z
    .array(Pattern)
    .min(1)
    .max(bounds.actionsMax)
    .describe('Any of these; ["*"] for every action, read:* for those that begin so'),
  conditions: z
    .array(Condition)
    .max(bounds.conditionsMax)
    .optional()
    .describe('All must hold, in their order'),
})
export type Rule = z.infer<typeof Rule>

export const Rules = z
  .array(Rule)
  .min(1, 'must hold a rule at least')
  .max(bounds.rulesMax, `must not hold more than ${bounds.rulesMax} rules`)
