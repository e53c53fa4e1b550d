// Python, of both its generations, as one language.
import type { GrammarParser } from '../../grammar.ts'
import { parserFor } from '../../grammar.ts'
import type { Frontend, Lowered } from '../frontend.ts'
import type { IrFile } from '../ir/ir.ts'
import { readSyntax } from '../syntax.ts'
import { readBindings } from './bindings.ts'
import { lowerExpression } from './expression.ts'
import { Lowering } from './lowering.ts'
import { lowerStatement } from './statement.ts'

let parser: GrammarParser | null = null

export const pythonFrontend: Frontend = {
  language: 'python',
  extensions: ['.py', '.pyw', '.wsgi'],
  prepare(load) {
    if (parser !== null) return null
    return parserFor('python', load).then((loaded) => {
      parser = loaded
    })
  },
  lower(source, budget) {
    const { text, path } = source
    const expired = () => budget.expired()
    const syntax = parser?.parse(text, expired, (tree) => readSyntax(tree, text)) ?? null
    if (syntax === null) {
      return { file: emptyFile(text), incomplete: 'the time was up before the file was parsed' }
    }
    const bindings = readBindings(syntax, path)
    const parts = { expression: lowerExpression, statement: lowerStatement }
    return lowerFile(new Lowering(syntax, bindings, path, parts, expired))
  },
}

function lowerFile(file: Lowering): Lowered {
  const body = file.block(0)
  const imports = new Map<string, string>()
  for (const [name, { imported }] of file.bindings.module.names) {
    if (imported !== null) imports.set(name, imported)
  }
  for (const module of file.bindings.starImports) imports.set(`${module}.*`, module)
  const empty = emptyFile(file.syntax.text)
  return {
    file: {
      ...empty,
      imports,
      main: { ...empty.main, body },
      types: file.types,
      unknowns: file.unknowns,
    },
    incomplete: file.incomplete,
  }
}

const emptyFile = (text: string): IrFile => ({
  language: 'python',
  namespace: '',
  imports: new Map(),
  main: {
    name: '',
    owner: null,
    parameters: [],
    body: [],
    exported: false,
    isStatic: false,
    annotations: [],
    at: 0,
    end: text.length,
  },
  types: [],
  unknowns: 0,
})
