// Files of tests for policies: who and what there is, and what must be decided.
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { reservedContextAttribute } from '../../identity/policy/rules/context.ts'
import { UsageError } from '../usage-error.ts'
import { check, type Fault, faultAt, readDocument, readText, type WrittenFile } from './document.ts'
import {
  type Asked,
  Principal,
  Principals,
  Resource,
  Resources,
  resolveAction,
  resolvePrincipal,
  resolveResource,
  UnknownName,
  World,
} from './request.ts'
import { isTestFile } from './sources.ts'
import { type Question, reasons } from './verdict.ts'

const orSeveral = <Schema extends z.ZodType>(one: Schema, what: string) =>
  z.union([one, z.array(one).min(1).max(1_000)], `must be ${what}, or a list of such`)

const Context = z
  .record(z.string(), z.unknown())
  .refine((context) => !(reservedContextAttribute in context), 'panthera is the platform’s own')
const Now = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-02T10:00:00Z' })
const Name = z.string().min(1).max(512)

const Test = z.strictObject({
  name: z.string().min(1).max(512),
  principal: orSeveral(Principals, 'a name or a principal'),
  action: orSeveral(Name, 'an action'),
  resource: orSeveral(Resources, 'a name, type:id or a resource'),
  context: Context.default({}),
  now: Now.optional(),
  expect: z.enum(['allow', 'deny'], 'must be allow or deny'),
  reason: z.enum(reasons, `must be one of ${reasons.join(', ')}`).optional(),
  policy: orSeveral(Name, 'what a policy is called').optional(),
})
type Test = z.infer<typeof Test>

const Suite = World.extend({
  policies: z.array(z.string().min(1).max(1_000)).min(1).max(1_000).optional(),
  context: Context.default({}),
  now: Now.optional(),
  tests: z.array(Test).min(1).max(10_000),
})
type Suite = z.infer<typeof Suite>

const Request = World.extend({
  principal: Principals,
  action: Name,
  resource: Resources,
  context: Context.default({}),
  now: Now.optional(),
})

const fieldNames = [Suite, Test, Request, Principal, Resource].flatMap(({ shape }) =>
  Object.keys(shape),
)

export interface Case {
  name: string
  line: number | undefined
  question: Omit<Question, 'now'> & { now: Date | null }
  expected: Pick<Test, 'expect' | 'reason'> & { policies: readonly string[] }
}

export interface TestFile {
  path: string
  text: string
  /** Files and folders, as they are found from here; null for the policy of the same name. */
  policies: readonly string[] | null
  cases: Case[]
  faults: Fault[]
}

/** Of all tests of a file: lists in one test multiply. */
const casesMax = 100_000

/** Test files as they are, of folders those in them, of a policy those beside it. */
export async function listTestFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const path of paths) {
    const kind = await stat(path).catch(() => null)
    if (kind === null) throw new UsageError(`${path} cannot be read: not found`)
    const folder = kind.isDirectory() ? path : dirname(path)
    if (isTestFile(path) && !kind.isDirectory()) found.push(path)
    else {
      const stem = kind.isDirectory() ? '' : `${basename(path).replace(/\.[^.]+$/, '')}.test.`
      const names = (await readdir(folder)).filter((each) => isTestFile(each))
      const tests = names.filter((each) => each.startsWith(stem)).sort()
      if (tests.length === 0) {
        const form = kind.isDirectory() ? 'NAME.test.yaml' : `${stem}yaml`
        throw new UsageError(`there are no tests of ${path}`, `Tests are in files such as ${form}.`)
      }
      found.push(...tests.map((each) => join(folder, each)))
    }
  }
  return [...new Set(found)]
}

export async function readTestFile(path: string): Promise<TestFile> {
  const document = readDocument(path, await readText(path))
  const nothing = { path, text: document.text, policies: null, cases: [] }
  if (document.faults.length > 0) return { ...nothing, faults: document.faults }
  const checked = check(Suite, document, { known: fieldNames })
  if ('faults' in checked) return { ...nothing, faults: checked.faults }
  const suite = checked.value
  const total = suite.tests.reduce((sum, test) => sum + combinations(test), 0)
  if (total > casesMax) {
    const message = `they are ${total} cases; at most ${casesMax} may be in one file`
    return { ...nothing, faults: [faultAt(document, ['tests'], message)] }
  }
  const cases: Case[] = []
  const faults: Fault[] = []
  for (const [index, test] of suite.tests.entries()) {
    const made = casesOf(test, { suite, document, index })
    if ('faults' in made) faults.push(...made.faults)
    else cases.push(...made.cases)
  }
  const policies = suite.policies?.map((each) => join(dirname(path), each)) ?? null
  return { ...nothing, policies, cases, faults }
}

const several = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? value : [value as T]

function combinations({ principal, action, resource }: Test): number {
  return several(principal).length * several(action).length * several(resource).length
}

function casesOf(
  test: Test,
  { suite, document, index }: { suite: Suite; document: WrittenFile; index: number },
): { cases: Case[] } | { faults: Fault[] } {
  const keys = ['tests', index]
  const now = test.now ?? suite.now
  const multiplied = combinations(test) > 1
  const line = document.placeOf(keys)?.line
  try {
    const all = askedBy(test, suite)
    const cases = all.map((asked) => ({
      name: multiplied ? `${test.name} (${labelOf(asked)})` : test.name,
      line,
      question: {
        asked,
        world: suite,
        context: { ...suite.context, ...test.context },
        now: now === undefined ? null : new Date(now),
      },
      expected: {
        expect: test.expect,
        ...(test.reason && { reason: test.reason }),
        policies: test.policy === undefined ? [] : several(test.policy),
      },
    }))
    return { cases }
  } catch (error) {
    if (!isFault(error)) throw error
    return { faults: [faultAt(document, keys, error.message)] }
  }
}

function askedBy(test: Test, world: World): Asked[] {
  const principals = several(test.principal).map((each) => resolvePrincipal(each, world))
  const actions = several(test.action).map((each) => resolveAction(each))
  const resources = several(test.resource).map((each) => resolveResource(each, world))
  return principals.flatMap((principal) =>
    resources.flatMap((resource) => actions.map((action) => ({ principal, action, resource }))),
  )
}

export function labelOf({ principal, action, resource }: Asked): string {
  return `${principal.label} ${action.name} ${resource.label}`
}

/** What is wrong with what was written, not with us. */
export function isFault(error: unknown): error is Error {
  const names = ['UnfitAttribute', 'InvalidValue']
  return error instanceof UnknownName || (error instanceof Error && names.includes(error.name))
}

/** One request of a file for `policy explain`. */
export async function readRequest(path: string): Promise<Question> {
  const document = readDocument(path, await readText(path))
  const faulty = (faults: Fault[]) => new FaultyFile(document.text, faults)
  if (document.faults.length > 0) throw faulty(document.faults)
  const checked = check(Request, document, { known: fieldNames })
  if ('faults' in checked) throw faulty(checked.faults)
  const { context, now, ...world } = checked.value
  try {
    const asked = {
      principal: resolvePrincipal(world.principal, world),
      action: resolveAction(world.action),
      resource: resolveResource(world.resource, world),
    }
    return { asked, world, context, now: now === undefined ? new Date() : new Date(now) }
  } catch (error) {
    if (!isFault(error)) throw error
    throw faulty([faultAt(document, [], error.message)])
  }
}

/** A file that was read and is not what it should be. */
export class FaultyFile extends Error {
  readonly text: string
  readonly faults: readonly Fault[]

  constructor(text: string, faults: readonly Fault[]) {
    super(faults[0]?.message ?? 'faulty')
    this.text = text
    this.faults = faults
  }
}
