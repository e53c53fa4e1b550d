// Reads `rules/models/<language>/<library>.yaml`: what is known of a library, as data.
//
//     library: Example web framework
//     renames: { 'jakarta.': 'javax.' }      # names that start so are read as the other
//     types:                                 # a type and its direct supertypes
//       example.HttpRequest: [example.Request]
//     plain-types: [int, java.util.UUID]     # their values carry no text of an attacker
//
//     functions:
//       - of: example.Request                # written before each name; may be left out
//         call: [query, header]              # or one name
//         source: { kind: request, label: request parameter }
//       - call: example.Connection.prepare
//         arity: [1, 2]                      # only calls with one or two arguments
//         returns: example.Statement         # type of the result; `receiver`: the object itself
//         sinks:
//           - { rule: sql-injection, argument: 0 }
//           - rule: command-injection
//             argument: [0, args]
//             unless: [{ argument: shell, is: false }]
//       - call: example.Hash.create
//         misuses:                           # the call is the fault, whatever flows
//           - { rule: weak-hash, when: [{ argument: 0, is: [md5, sha1] }] }
//       - call: example.escapeHtml
//         cleans: [xss]                      # or '*'
//       - call: example.Buffer.write
//         flows: [0 -> receiver]             # instead of: receiver and arguments -> return
//       - call: example.List.push
//         does: list.add                     # built-in meaning: `interpret/intrinsics`
//       - call: example.App.get
//         callbacks: [{ argument: 1+, parameters: [{ type: example.Request }, {}] }]
//       - call: example.isLocalUrl              # after `if (isLocalUrl(x))` x is harmless for them
//         checks: [{ argument: 0, cleans: [open-redirect] }]    # or answers: false
//       - call: example.Cookie.setSecure
//         sets: [{ property: secure, to: 0 }]          # or value: true; or named: 0
//       - call: example.Response.addCookie
//         misuses: [{ rule: insecure-cookie, when: [{ argument: 0.secure, is: false }] }]
//
//     properties:                            # fields that are read or assigned
//       - of: example.Request
//         name: [body, params]
//         source: { kind: request, label: request body }
//       - name: example.Element.innerHTML
//         sinks: [{ rule: xss }]             # what is assigned
//
//     parameters:                            # by their own declaration
//       - annotated: [example.QueryParam]
//         source: { kind: request, label: request parameter }
//       - annotated: [example.Pattern]
//         pattern-in: regexp                 # argument whose pattern the value has to match
//
//     names:                                 # variables, fields and functions that return it
//       - matches: '(?i:token|password)'
//         sinks: [{ rule: insecure-random }]
//
//     entries:                               # functions that the framework calls
//       - annotated: [example.Route]         # or overrides: [example.Servlet.handle], or
//         owner-annotated: [example.Controller]
//         parameters: [{ type: example.Request }]
//         others: { source: { kind: request, label: request parameter } }
//         except: [example.Session]
//         sinks:                             # what it returns
//           - rule: xss
//             unless: [example.JsonBody]     # annotations of the function or its class
//             returning: [java.lang.String]  # its declared type
//             starts-with: '^redirect:'      # what it returns
//             harmless: { argument: produces, matches: json }   # of any of its annotations
//         faults:                            # what it must not be itself
//           - { rule: certificate-validation, does: nothing }   # or answers: true
//
// Names are full names with dots. A method is `Type.method`, also for the subtypes of the type; a
// function is `module.function`; a constructor is the type's own name. `*.method` stands for any
// receiver whose type is not known, and `Type.*` for every method of a type. Types of built-in
// values: `java.lang.String`, `array` (Java); `String`, `Array`, `Object`, `RegExp`, `Promise`
// (JavaScript); `str`, `bytes`, `list`, `dict`, `set`, `tuple` (Python).
//
// What `cleans` names are rules, `*` for all, or `normalised`: a path without `..` in it, of which
// a test for its beginning tells where it lies.
//
// Positions: `0`, `0+` (this and all after it), `shell` (given by name), `receiver`, `return`,
// `all`, `purpose` (names of what the result is for: the variable, field or key that it is
// assigned to, the function that returns it); with a path of properties, keys or places:
// `1.options.shell`, `receiver.secure`, `'0.1'`, which needs quotes, as YAML reads a number
// otherwise; `0.*` is any element. Where a list of positions stands, each of them counts. A
// condition holds when one of the values that may stand there fulfils it; what is not known
// fulfils none but `unknown`. A constant or function of a library is compared by its full name.
// `is: null` is an explicit null, `missing: true` an argument that is not given.
import { parseDocument } from 'yaml'
import { Fields, RuleError } from '../../secrets/fields.ts'
import type { RuleText } from '../../secrets/rule.ts'
import { type Language, languages } from '../ir/ir.ts'
import { emptyModels, type LanguageModels } from './data.ts'
import { parseEntry, parseParameterRule } from './entry.ts'
import { parseFunction, parseName, parseProperty } from './function.ts'

/**
 * Paths look like `models/<language>/<library>.yaml`. One entry per language that has files.
 *
 * @throws {RuleError} for the first thing wrong.
 */
export function parseModels(files: readonly RuleText[]): LanguageModels[] {
  const byLanguage = new Map<Language, LanguageModels>()
  for (const file of files) {
    const language = languageOf(file.path)
    const models = byLanguage.get(language) ?? emptyModels(language)
    byLanguage.set(language, models)
    parseLibrary(file, models)
  }
  return [...byLanguage.values()]
}

function languageOf(path: string): Language {
  const name = /(?:^|\/)models\/([^/]+)\/[^/]+$/.exec(path)?.[1]
  const language = languages.find((one) => one === name)
  if (language !== undefined) return language
  throw new RuleError(`${path}: must be in models/<language>/, of ${languages.join(', ')}`)
}

function parseLibrary({ path, text }: RuleText, models: LanguageModels): void {
  const document = parseDocument(text, { uniqueKeys: true })
  const problem = document.errors[0]
  if (problem !== undefined) throw new RuleError(`${path}: ${problem.message}`)
  const file = new Fields(document.toJS({ maxAliasCount: 100 }), path)
  file.text('library')
  models.renames.push(...(Object.entries(mapping(file, 'renames')) as [string, string][]))
  for (const [type, supertypes] of Object.entries(mapping(file, 'types'))) {
    const known = models.types[type] ?? []
    const added = Array.isArray(supertypes) ? supertypes : [supertypes]
    if (added.some((name) => typeof name !== 'string')) {
      throw new RuleError(`${path}: types: ${type} must be a list of names`)
    }
    models.types[type] = [...new Set([...known, ...(added as string[])])]
  }
  models.plainTypes.push(...file.listOr('plain-types', []))
  const each = (key: string, read: (fields: Fields) => void): void => {
    if (!file.has(key)) return
    for (const [index, item] of file.items(key).entries()) {
      const fields = new Fields(item, `${path}: ${key}[${index}]`)
      read(fields)
      fields.nothingElse()
    }
  }
  each('functions', (fields) => models.functions.push(parseFunction(fields)))
  each('properties', (fields) => models.properties.push(parseProperty(fields)))
  each('parameters', (fields) => models.parameters.push(parseParameterRule(fields)))
  each('names', (fields) => models.names.push(parseName(fields)))
  each('entries', (fields) => models.entries.push(parseEntry(fields)))
  file.nothingElse()
}

function mapping(file: Fields, key: string): Record<string, unknown> {
  if (!file.has(key)) return {}
  const value = file.raw(key)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    file.refuse(key, value, 'a mapping')
  }
  return value as Record<string, unknown>
}
