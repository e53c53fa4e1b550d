// Java, from text to the intermediate representation.
import { type GrammarParser, type LoadGrammar, parserFor } from '../../grammar.ts'
import type { SourceText } from '../../source-text.ts'
import type { Budget } from '../../weakness.ts'
import type { Frontend, Lowered } from '../frontend.ts'
import type { IrFile } from '../ir/ir.ts'
import { readSyntax, type Syntax } from '../syntax.ts'
import { Context, functionOf } from './context.ts'
import { lowerAnonymousType, lowerType } from './declarations.ts'
import { lowerExpression } from './expressions.ts'
import { Names } from './names.ts'
import { Scope } from './scope.ts'
import { lowerStatement } from './statements.ts'

let parser: GrammarParser | null = null

export const java: Frontend = {
  language: 'java',
  extensions: ['.java'],
  prepare(load: LoadGrammar) {
    return parser === null ? loadParser(load) : null
  },
  lower(source: SourceText, budget: Budget): Lowered {
    if (parser === null) throw new Error('prepare was not called')
    const { text } = source
    const syntax = parser.parse(text, budget.expired, (tree) => readSyntax(tree, text))
    if (syntax === null)
      return { file: emptyFile(text), incomplete: 'the time was up before it was parsed' }
    return lowerSyntax(syntax)
  },
}

async function loadParser(load: LoadGrammar): Promise<void> {
  parser = await parserFor('java', load)
}

function lowerSyntax(syntax: Syntax): Lowered {
  const names = new Names(syntax)
  const scope = new Scope()
  const lowering = {
    expression: lowerExpression,
    statement: lowerStatement,
    type: lowerType,
    anonymousType: lowerAnonymousType,
  }
  const assigned = assignedNames(syntax)
  const context = new Context({ syntax, names, scope, assigned, lowering })
  const declarations = syntax.children(0).filter((node) => isType(syntax, node))
  for (const node of declarations) {
    const name = syntax.field(node, 'name')
    if (name === null) continue
    const simple = syntax.textOf(name)
    names.declare(simple, names.namespace === '' ? simple : `${names.namespace}.${simple}`)
  }
  for (const node of declarations) context.types.push(context.type(node, names.namespace))
  const file: IrFile = {
    language: 'java',
    namespace: names.namespace,
    imports: names.imports,
    wildcards: names.wildcards,
    main: functionOf({ body: context.atLoad, at: 0, end: syntax.text.length }),
    types: context.types,
    unknowns: context.unknowns,
  }
  return { file, incomplete: context.tooDeep ? 'parts of it nest too deep' : null }
}

function isType(syntax: Syntax, node: number): boolean {
  return /^(?:class|interface|enum|record)_declaration$/.test(syntax.kind(node))
}

/** Whatever the object: a name that is assigned anywhere is no constant. */
function assignedNames(syntax: Syntax): ReadonlySet<string> {
  const names = new Set<string>()
  for (let node = 0; node < syntax.count; node++) {
    const kind = syntax.kind(node)
    if (kind !== 'assignment_expression' && kind !== 'update_expression') continue
    let target = syntax.field(node, 'left') ?? syntax.children(node)[0]
    if (target !== undefined && syntax.kind(target) === 'field_access') {
      target = syntax.field(target, 'field') ?? target
    }
    if (target !== undefined) names.add(syntax.textOf(target))
  }
  return names
}

function emptyFile(text: string): IrFile {
  return {
    language: 'java',
    namespace: '',
    imports: new Map(),
    main: functionOf({ body: [], at: 0, end: text.length }),
    types: [],
    unknowns: 0,
  }
}
