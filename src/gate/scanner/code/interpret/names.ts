// Full names as the models write them: renamed packages, and names that wildcard imports bring in.
import type { IrFile } from '../ir/ir.ts'
import type { Catalogue } from '../model/catalogue.ts'
import type { DeclaredTypes } from './declared-types.ts'

export type Resolve = (name: string) => string

export function namesOf(file: IrFile, catalogue: Catalogue, declared: DeclaredTypes): Resolve {
  const { namespace } = file
  const wildcards = file.wildcards ?? []
  const known = new Map<string, string>()
  const look = (written: string): string => {
    const brackets = /(?:\[\])+$/.exec(written)?.[0] ?? ''
    if (brackets !== '') return resolve(written.slice(0, -brackets.length)) + brackets
    const name = catalogue.renamed(written)
    if (catalogue.isKnown(name) || wildcards.length === 0 || declared.has(written)) return name
    const dot = written.lastIndexOf('.')
    if (written.slice(0, Math.max(dot, 0)) !== namespace) return name
    const simple = written.slice(dot + 1)
    const found = wildcards
      .map((wildcard) => catalogue.renamed(`${wildcard}.${simple}`))
      .find((candidate) => catalogue.isKnown(candidate) || declared.has(candidate))
    if (found !== undefined) return found
    return name
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
