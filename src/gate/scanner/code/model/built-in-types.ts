// What each language calls the types of the values that its literals make.
import type { Language } from '../ir/ir.ts'

export interface BuiltInTypes {
  text: string
  number: string
  truth: string
  list: string
  map: string
  function: string
  /** What every type extends. */
  root: string
}

export const builtInTypes: Record<Language, BuiltInTypes> = {
  java: {
    text: 'java.lang.String',
    number: 'int',
    truth: 'boolean',
    list: 'array',
    map: 'java.util.Map',
    function: 'function',
    root: 'java.lang.Object',
  },
  javascript: {
    text: 'String',
    number: 'Number',
    truth: 'Boolean',
    list: 'Array',
    map: 'Object',
    function: 'Function',
    root: 'Object',
  },
  python: {
    text: 'str',
    number: 'int',
    truth: 'bool',
    list: 'list',
    map: 'dict',
    function: 'function',
    root: 'object',
  },
}

export const typeNames = Object.fromEntries(
  Object.entries(builtInTypes).map(([language, types]) => [language, Object.values(types)]),
) as Record<Language, string[]>
