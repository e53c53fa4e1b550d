// What a policy in JSON must look like to be compiled, read without trust in its shape.

/** A policy in JSON that is none; nothing that `parsePolicies` makes is. */
export class InvalidPolicy extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'InvalidPolicy'
  }
}

export type Fields = Readonly<Record<string, unknown>>

export function fieldsOf(json: unknown, what: string): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new InvalidPolicy(`${what} must be an object`)
  return { ...json }
}

export function textOf(json: unknown, what: string): string {
  if (typeof json !== 'string') throw new InvalidPolicy(`${what} must be text`)
  return json
}

export function listOf(json: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new InvalidPolicy(`${what} must be a list`)
  return json
}

/** The operator of an expression and what it is applied to. */
export function operationOf(json: unknown): { operator: string; operand: unknown } {
  const [entry, ...more] = Object.entries(fieldsOf(json, 'an expression'))
  if (entry === undefined || more.length > 0)
    throw new InvalidPolicy('an expression must have exactly one operator')
  return { operator: entry[0], operand: entry[1] }
}
