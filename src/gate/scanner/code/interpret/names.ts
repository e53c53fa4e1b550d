// Full names as the models write them: renamed packages, names that wildcard imports bring in, and
// in Java names that nothing brings in: of an excerpt, or of a file that an import was lost from.
import type { IrFile } from '../ir/ir.ts'
import type { Catalogue } from '../model/catalogue.ts'
import type { DeclaredTypes } from './declared-types.ts'

export type Resolve = (name: string) => string

export function namesOf(file: IrFile, catalogue: Catalogue, declared: DeclaredTypes): Resolve {
  const { namespace } = file
  const wildcards = file.wildcards ?? []
  const isJava = file.language === 'java'
  // What does not import anything does not compile alone: it is part of a text about something. A
  // file of a package may name what stands beside it, written by a program or kept in an archive.
  const isExcerpt = namespace === '' && file.imports.size === 0 && wildcards.length === 0
  const known = new Map<string, string>()
  const look = (written: string): string => {
    const brackets = /(?:\[\])+$/.exec(written)?.[0] ?? ''
    if (brackets !== '') return resolve(written.slice(0, -brackets.length)) + brackets
    const name = catalogue.renamed(written)
    if (catalogue.isKnown(name) || (!isJava && wildcards.length === 0)) return name
    if (declared.has(written)) return name
    const isNested = namespace !== '' && written.startsWith(`${namespace}.`)
    const dot = isNested ? namespace.length : written.lastIndexOf('.')
    if (written.slice(0, Math.max(dot, 0)) !== namespace) return name
    const simple = written.slice(dot + 1)
    if (isNested && simple.includes('.') && !/^[A-Z]/.test(simple)) return name
    const found = wildcards
      .map((wildcard) => catalogue.renamed(`${wildcard}.${simple}`))
      .find((candidate) => catalogue.isKnown(candidate) || declared.has(candidate))
    if (found !== undefined) return found
    const isTelling = isExcerpt ? /^[A-Z]/ : /^(?:[A-Z]+[a-z\d]+){2}/
    return (
      (isJava &&
        /^\w+$/.test(simple) &&
        isTelling.test(simple) &&
        catalogue.bySimpleName(simple)) ||
      name
    )
  }
  const resolve = (written: string): string => {
    const found = known.get(written)
    if (found !== undefined) return found
    const name = look(written)
    known.set(written, name)
    return name
  }
  return resolve
}
