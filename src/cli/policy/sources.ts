// Policies out of files: Cedar's own text, or rules in YAML or JSON as the API takes them.
import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { z } from 'zod'
import type { PolicyJson } from '../../identity/policy/json.ts'
import { checkPolicies, type PolicyError, parsePlaced } from '../../identity/policy/parse.ts'
import { compileRules } from '../../identity/policy/rules/compile.ts'
import { type ContextNeeds, noNeeds } from '../../identity/policy/rules/context.ts'
import { doubtsOfRules } from '../../identity/policy/rules/doubts.ts'
import {
  Condition,
  Principals,
  Resources,
  Rule,
  Rules,
} from '../../identity/policy/rules/schema.ts'
import { UsageError } from '../usage-error.ts'
import { check, type Fault, faultAt, readDocument, readText, type WrittenFile } from './document.ts'

/** One `permit` or `forbid`, with what tests and people may call it. */
export interface FilePolicy {
  /** `database.yaml rules[0]` or `database.cedar:12`; unique over all files that are given. */
  id: string
  names: readonly string[]
  title: string | null
  json: PolicyJson
}

export interface PolicyFile {
  path: string
  text: string
  /** What decides, in Cedar; empty where there are faults. */
  cedar: string
  policies: FilePolicy[]
  needs: ContextNeeds
  errors: Fault[]
  warnings: Fault[]
  /** The server would not decide by it: its status is archived. */
  archived: boolean
}

const extensions = ['.cedar', '.yaml', '.yml', '.json']

export function isTestFile(path: string): boolean {
  return /\.test\.(ya?ml|json)$/.test(path)
}

/** Files as they are, folders as the policies in them, in the order of their names. */
export async function listPolicyFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const kind = await stat(path).catch(() => null)
      if (!kind?.isDirectory()) return [path]
      const names = await readdir(path)
      const files = names.filter((name) => extensions.includes(extname(name)) && !isTestFile(name))
      return files.sort().map((name) => join(path, name))
    }),
  )
  return [...new Set(found.flat())]
}

/** Of `database.test.yaml` the files `database.cedar`, `database.yaml` and so on that there are. */
export async function findPolicyOf(testPath: string): Promise<string[]> {
  const stem = testPath.replace(/\.test\.[^.]+$/, '')
  const kinds = await Promise.all(
    extensions.map(async (extension) => {
      const found = await stat(stem + extension).catch(() => null)
      return found === null ? [] : [stem + extension]
    }),
  )
  const found = kinds.flat()
  if (found.length > 0) return found
  throw new UsageError(
    `there is no policy ${stem}.cedar or ${stem}.yaml that ${testPath} tests`,
    'Name others in the file, policies: [database.yaml], or with --policy.',
  )
}

/** @throws {UsageError} for a file that cannot be read or is of no known form */
export async function readPolicyFile(path: string, schema?: string): Promise<PolicyFile> {
  const extension = extname(path)
  if (!extensions.includes(extension) || isTestFile(path)) {
    throw new UsageError(
      `${path} is no policy`,
      'Policies are .cedar files, or rules in .yaml, .yml or .json files.',
    )
  }
  const text = await readText(path)
  if (extension === '.cedar') return cedarFile({ path, text, names: [] }, schema)
  return rulesFile(readDocument(path, text), schema)
}

const Written = z.strictObject({
  name: z.string().max(200).optional(),
  description: z.string().max(2_000).nullish(),
  status: z.enum(['draft', 'active', 'archived'], 'must be draft, active or archived').optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  rules: z.unknown().optional(),
  cedar: z.string('must be text in Cedar').optional(),
})

const fieldNames = [Rule, Principals, Resources, Condition].flatMap(({ shape }) =>
  Object.keys(shape),
)

function rulesFile(document: WrittenFile, schema: string | undefined): PolicyFile {
  const { path, text, value, faults } = document
  const failed = (errors: Fault[]) => ({ ...empty(path, text), errors })
  if (faults.length > 0) return failed(faults)
  const bare = Array.isArray(value)
  const written = check(Written, document, {
    value: bare ? { rules: value } : value,
    known: Object.keys(Written.shape),
  })
  if ('faults' in written) return failed(written.faults)
  const { name, status, rules, cedar } = written.value
  if ((rules === undefined) === (cedar === undefined)) {
    const message = 'the file must hold rules or cedar, one of the two'
    return failed([faultAt(document, cedar === undefined ? [] : ['cedar'], message)])
  }
  const archived = status === 'archived'
  const names = name === undefined ? [] : [name]
  if (cedar !== undefined) {
    const file = cedarFile({ path: `${path} cedar`, text: cedar, names: [...names, path] }, schema)
    const within = (each: Fault) => withinField(document, each)
    const { errors, warnings } = file
    return {
      ...file,
      path,
      text,
      archived,
      errors: errors.map(within),
      warnings: warnings.map(within),
    }
  }
  const keys = bare ? [] : ['rules']
  const checked = check(Rules, document, { value: rules, keys, known: fieldNames })
  if ('faults' in checked) return failed(checked.faults)
  const warnings = doubtsOfRules(checked.value).map(({ path: place, message, help }) => ({
    ...faultAt(document, [...keys, ...place], message),
    help,
  }))
  return { ...compiled(document, { rules: checked.value, names }), warnings, archived }
}

/** The place in Cedar's text is told in words; the field's own is known. */
function withinField(document: WrittenFile, { line, column, message, help }: Fault): Fault {
  const place = line === undefined ? '' : `line ${line}, column ${column ?? 1}: `
  return { ...faultAt(document, ['cedar'], place + message), help }
}

function compiled(
  { path, text }: WrittenFile,
  { rules, names }: { rules: readonly Rule[]; names: readonly string[] },
): PolicyFile {
  const { cedar, needs } = compileRules(rules)
  const { policies, errors } = parsePlaced(cedar)
  return {
    ...empty(path, text),
    cedar,
    needs,
    policies: policies.map(({ json }, index) => ({
      id: `${path} rules[${index}]`,
      names: [...names, ...namesOf(path, json, ` rules[${index}]`), `rules[${index}]`],
      title: rules[index]?.description ?? null,
      json,
    })),
    // Only what is too long as Cedar.
    errors: errors.map(({ message }) => ({ path, message })),
  }
}

function cedarFile(
  { path, text, names }: { path: string; text: string; names: readonly string[] },
  schema: string | undefined,
): PolicyFile {
  const { errors, warnings } = checkPolicies(text, schema)
  const parsed = parsePlaced(text)
  const templates = parsed.policies.filter(({ template }) => template)
  const problems = [
    ...(errors.length > 0 ? errors : parsed.errors),
    ...templates.map(({ piece }) => ({
      message: 'a template decides nothing by itself',
      help: 'name what its slots stand for',
      line: lineAt(text, piece.start),
    })),
  ]
  if (parsed.policies.length === 0 && problems.length === 0) {
    problems.push({ message: 'the text holds no policy' })
  }
  return {
    ...empty(path, text),
    cedar: text,
    errors: problems.map((problem) => faultOf(path, problem)),
    warnings: warnings.map((problem) => faultOf(path, problem)),
    policies: parsed.policies.map(({ json, piece }) => {
      const line = lineAt(text, piece.start)
      const title = json.annotations?.description ?? null
      return {
        id: `${path}:${line}`,
        names: [...names, ...namesOf(path, json, `:${line}`)],
        title,
        json,
      }
    }),
  }
}

function faultOf(path: string, { message, help, line, column }: PolicyError): Fault {
  return { path, line, column, message, help }
}

function namesOf(path: string, { annotations }: PolicyJson, place: string): string[] {
  const id = annotations?.id
  const name = basename(path)
  return [...(id ? [id] : []), path, name, name + place]
}

function empty(path: string, text: string): PolicyFile {
  const nothing = { cedar: '', policies: [], errors: [], warnings: [], archived: false }
  return { path, text, needs: noNeeds, ...nothing }
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
