// What pyproject.toml and Pipfile say that a project asks for.
import { type TomlName, tomlNames } from '../formats/toml.ts'
import { entriesOf, field, fieldAt, textOf, textsOf } from '../formats/value.ts'
import {
  isForDevelopment,
  type PythonRequirement,
  pythonName,
  readPythonRequirement,
  readSpecifier,
} from './python-requirement.ts'

export interface ProjectRequirement extends PythonRequirement {
  development: boolean
  isLocal: boolean
}

export function pyprojectRequirements(document: unknown): ProjectRequirement[] {
  const project = field(document, 'project')
  const tool = field(document, 'tool')
  const found = [
    ...listed(field(project, 'dependencies'), false),
    ...entriesOf(field(project, 'optional-dependencies')).flatMap(([extra, list]) =>
      listed(list, isForDevelopment(extra)),
    ),
    ...entriesOf(field(document, 'dependency-groups')).flatMap(([, list]) => listed(list, true)),
    ...entriesOf(fieldAt(tool, 'pdm', 'dev-dependencies')).flatMap(([, list]) =>
      listed(list, true),
    ),
    ...listed(fieldAt(tool, 'uv', 'dev-dependencies'), true),
    ...keyed(fieldAt(tool, 'poetry', 'dependencies'), false),
    ...keyed(fieldAt(tool, 'poetry', 'dev-dependencies'), true),
    ...entriesOf(fieldAt(tool, 'poetry', 'group')).flatMap(([group, body]) =>
      keyed(field(body, 'dependencies'), group !== 'main'),
    ),
  ]
  const own = pythonName(textOf(field(project, 'name')) ?? '')
  return found.filter(({ name }) => name !== own)
}

export const pipfileRequirements = (document: unknown): ProjectRequirement[] => [
  ...keyed(field(document, 'packages'), false),
  ...keyed(field(document, 'dev-packages'), true),
]

/** Where a manifest names its packages: the first place of each, by its normalised name. */
export function requirementPlaces(text: string): ReadonlyMap<string, TomlName> {
  const places = new Map<string, TomlName>()
  for (const found of tomlNames(text)) {
    const name = pythonName(found.name)
    if (requirementSection.test(found.section) && !places.has(name)) places.set(name, found)
  }
  return places
}

const requirementSection = new RegExp(
  [
    String.raw`^project\.(?:optional-)?dependencies`,
    '^dependency-groups',
    String.raw`^tool\.(?:pdm|uv)\.dev-dependencies`,
    String.raw`^tool\.poetry\.(?:group\..+\.)?(?:dev-)?dependencies$`,
    '^(?:dev-)?packages$',
  ].join('|'),
)

function listed(list: unknown, development: boolean): ProjectRequirement[] {
  return textsOf(list).flatMap((text) => {
    const requirement = readPythonRequirement(text)
    return requirement === null ? [] : { ...requirement, development, isLocal: false }
  })
}

/** A table of names and specifiers, as Poetry and Pipenv write. */
function keyed(table: unknown, development: boolean): ProjectRequirement[] {
  return entriesOf(table).flatMap(([key, value]) => {
    const name = pythonName(key)
    // Poetry writes several, for several versions of Python, as a list.
    const first = Array.isArray(value) ? value[0] : value
    if (name === 'python') return []
    const specifier = (typeof first === 'string' ? first : textOf(field(first, 'version'))) ?? ''
    const place =
      textOf(field(first, 'git')) ?? textOf(field(first, 'url')) ?? textOf(field(first, 'file'))
    const isLocal = textOf(field(first, 'path')) !== null
    // Poetry takes a version without an operator for that version alone.
    const isExact = /^\s*\d[\w.+!-]*\s*$/.test(specifier)
    const meant = isExact
      ? { version: specifier.trim(), range: null }
      : readSpecifier(specifier === '*' ? '' : specifier)
    return { name, ...meant, origin: place, development, isLocal }
  })
}
