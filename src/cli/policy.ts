// `panthera policy validate|test|explain`: policies in files, without a server.
import { type ArgDef, type ArgsDef, defineCommand } from 'citty'
import { type TextOptions, withoutCommands } from '../gate/scanner/report/layout.ts'
import { positionalsOf, valuesOf } from './arguments.ts'
import { exitCodes } from './exit-codes.ts'
import { readText } from './policy/document.ts'
import { faultText } from './policy/faults.ts'
import { explanationJson, resultsJson, validationJson } from './policy/json.ts'
import { junitText } from './policy/junit.ts'
import { runSuite, type SuiteResult } from './policy/run.ts'
import { findPolicyOf, listPolicyFiles, type PolicyFile, readPolicyFile } from './policy/sources.ts'
import {
  FaultyFile,
  labelOf,
  listTestFiles,
  readRequest,
  readTestFile,
  type TestFile,
} from './policy/suite.ts'
import { nearMissLines, testText, verdictLines } from './policy/text.ts'
import { explainVerdict, gatherPolicies, judge } from './policy/verdict.ts'
import { format, printJson } from './remote.ts'
import {
  type ColourChoice,
  colourChoices,
  counted,
  printable,
  usesColour,
  widthOf,
} from './terminal.ts'
import { UsageError } from './usage-error.ts'

const color = {
  type: 'enum',
  options: [...colourChoices],
  default: 'auto',
  description: 'Colours; NO_COLOR and FORCE_COLOR count, too',
} satisfies ArgDef

const validateArgs = {
  files: {
    type: 'positional',
    required: true,
    valueHint: 'FILE…',
    description: 'Policies in Cedar (.cedar) or as rules (.yaml, .json), or folders of them',
  },
  schema: {
    type: 'string',
    valueHint: 'FILE',
    description: 'A schema of Cedar that policies in Cedar must fit',
  },
  cedar: { type: 'boolean', description: 'Print what the policies are in Cedar' },
  strict: { type: 'boolean', description: 'A warning fails, too' },
  format,
  color,
} satisfies ArgsDef

const validate = defineCommand({
  meta: {
    name: 'validate',
    description: 'Tell whether policies are right, and where they are not',
  },
  args: validateArgs,
  run: ({ args, rawArgs }) =>
    orFaults(args.color, async () => {
      const schema = args.schema === undefined ? undefined : await readText(args.schema)
      const files = await readPolicies(positionalsOf(validateArgs, rawArgs), { schema })
      const errors = files.reduce((sum, file) => sum + file.errors.length, 0)
      const warnings = files.reduce((sum, file) => sum + file.warnings.length, 0)
      const failed = errors > 0 || (args.strict === true && warnings > 0)
      if (args.format === 'json') printJson(validationJson(files))
      else {
        for (const file of files) printFaults(file, textOptions(args.color))
        if (args.cedar)
          print(
            files
              .map(({ cedar }) => cedar.trim())
              .filter(Boolean)
              .join('\n\n'),
          )
        const policies = files.reduce((sum, file) => sum + file.policies.length, 0)
        const all = counted(policies, 'policy', 'policies')
        const told = [
          errors > 0 ? counted(errors, 'error') : 'valid',
          ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
        ]
        if (!args.cedar || failed)
          print(`${all} in ${counted(files.length, 'file')}: ${told.join(', ')}`)
      }
      return failed ? exitCodes.findings : exitCodes.clean
    }),
})

const testArgs = {
  files: {
    type: 'positional',
    required: false,
    default: '.',
    valueHint: 'FILE…',
    description: 'Tests (NAME.test.yaml), policies beside which there are tests, or folders',
  },
  policy: {
    type: 'string',
    valueHint: 'FILE',
    description: 'Policies, instead of those that the tests name; may be repeated',
  },
  run: {
    type: 'string',
    valueHint: 'TEXT',
    description: 'Only tests whose names hold this',
  },
  verbose: { type: 'boolean', alias: 'v', description: 'Tell also the tests that pass' },
  format: { ...format, options: ['text', 'json', 'junit'], description: 'How to print results' },
  color,
} satisfies ArgsDef

const test = defineCommand({
  meta: { name: 'test', description: 'Decide requests of test files, and tell what is unexpected' },
  args: testArgs,
  run: ({ args, rawArgs }) =>
    orFaults(args.color, async () => {
      const given = positionalsOf(testArgs, rawArgs)
      const paths = await listTestFiles(given.length > 0 ? given : ['.'])
      const policies = valuesOf(testArgs, rawArgs, 'policy')
      const results: SuiteResult[] = []
      const wanted = args.run ?? ''
      const known: KnownFiles = new Map()
      for (const path of paths) {
        const file = await readTestFile(path)
        if (file.faults.length > 0) throw new FaultyFile(file.text, file.faults)
        const cases = file.cases.filter(({ name }) => name.includes(wanted))
        if (cases.length === 0) continue
        const sources = await sourcesOf(file, policies, known)
        results.push(runSuite({ ...file, cases }, sources))
      }
      if (results.length === 0) throw new UsageError(`no test has "${wanted}" in its name`)
      if (args.format === 'json') printJson(resultsJson(results))
      else if (args.format === 'junit') process.stdout.write(junitText(results))
      else {
        const verbose = args.verbose === true
        process.stdout.write(testText(results, { ...textOptions(args.color), verbose }))
      }
      const failed = results.some(({ outcomes }) =>
        outcomes.some((each) => each.problems.length > 0),
      )
      return failed ? exitCodes.findings : exitCodes.clean
    }),
})

/** Throws where a policy is not valid: its tests would prove nothing. */
async function sourcesOf(
  file: TestFile,
  given: readonly string[],
  known: KnownFiles,
): Promise<readonly PolicyFile[]> {
  const named = given.length > 0 ? given : (file.policies ?? (await findPolicyOf(file.path)))
  return validOnly(await readPolicies(named, { known }))
}

const explainArgs = {
  policy: {
    type: 'string',
    required: true,
    valueHint: 'FILE',
    description: 'Policies, or a folder of them; may be repeated',
  },
  request: {
    type: 'string',
    required: true,
    valueHint: 'FILE',
    description: 'principal, action, resource, context and now, in YAML or JSON',
  },
  format,
  color,
} satisfies ArgsDef

const explain = defineCommand({
  meta: { name: 'explain', description: 'Tell why a request is allowed or denied' },
  args: explainArgs,
  run: ({ args, rawArgs }) =>
    orFaults(args.color, async () => {
      const question = await readRequest(args.request)
      const files = validOnly(await readPolicies(valuesOf(explainArgs, rawArgs, 'policy')))
      const policies = gatherPolicies(files)
      const verdict = judge(policies, question)
      const explanation = explainVerdict(policies, question)
      if (args.format === 'json') {
        printJson(explanationJson(verdict, explanation, policies))
        return exitCodes.clean
      }
      const { color: colour } = textOptions(args.color)
      const near = nearMissLines(verdict, explanation, { byId: policies.byId, color: colour })
      print(
        [
          printable(labelOf(question.asked)),
          ...verdictLines(verdict, colour),
          ...(near.length > 0 ? ['', ...near] : []),
        ].join('\n'),
      )
      return exitCodes.clean
    }),
})

export const policy = defineCommand({
  meta: { name: 'policy', description: 'Validate, test and explain policies in files' },
  subCommands: { validate, test, explain },
})

/** A file that is not what it should be is told with its place; nothing was decided then. */
async function orFaults(
  color: ColourChoice | undefined,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof FaultyFile)) throw error
    const options = textOptions(color, process.stderr)
    for (const fault of error.faults) {
      const shown = faultText(fault, { text: error.text, level: 'error', options })
      process.stderr.write(withoutCommands(`${shown}\n`))
    }
    return exitCodes.usage
  }
}

/** By path: many test files may name the same policies, and reading one takes a while. */
type KnownFiles = Map<string, PolicyFile>

async function readPolicies(
  paths: readonly string[],
  { schema, known = new Map() }: { schema?: string | undefined; known?: KnownFiles } = {},
): Promise<PolicyFile[]> {
  const files: PolicyFile[] = []
  for (const path of await listPolicyFiles(paths)) {
    const file = known.get(path) ?? (await readPolicyFile(path, schema))
    known.set(path, file)
    files.push(file)
  }
  if (files.length === 0) throw new UsageError(`there are no policies in ${paths.join(', ')}`)
  return files
}

/** @throws {FaultyFile} for the first that is not valid */
function validOnly(files: readonly PolicyFile[]): readonly PolicyFile[] {
  const faulty = files.find(({ errors }) => errors.length > 0)
  if (faulty !== undefined) throw new FaultyFile(faulty.text, faulty.errors)
  return files
}

type Stream = NodeJS.WriteStream

function textOptions(color: ColourChoice = 'auto', stream: Stream = process.stdout): TextOptions {
  return { color: usesColour(stream, color), width: widthOf(stream) }
}

function print(text: string): void {
  process.stdout.write(withoutCommands(`${text}\n`))
}

function printFaults({ text, errors, warnings }: PolicyFile, options: TextOptions): void {
  for (const fault of errors) print(faultText(fault, { text, level: 'error', options }))
  for (const fault of warnings) print(faultText(fault, { text, level: 'warning', options }))
}
