// `panthera blueprint list|run`: whether a working copy or a pack holds up a named set of controls.
import { defineCommand } from 'citty'
import {
  type Blueprint,
  type BlueprintRun,
  runBlueprint,
  statesIn,
} from '../certus/seal/blueprint.ts'
import type { Catalogue } from '../certus/seal/controls/framework.ts'
import { computedOf } from '../certus/seal/grade/submission.ts'
import type { JsonObject } from '../certus/seal/json/read.ts'
import { isGraded } from '../certus/seal/statement-check.ts'
import { didYouMean } from '../gate/scanner/project/did-you-mean.ts'
import { objectIn } from './evidence-file.ts'
import { makePack } from './evidence-pack.ts'
import { exitCodes } from './exit-codes.ts'
import { blueprints, catalogue } from './frameworks.ts'
import { format, printJson, printTable } from './remote.ts'
import { UsageError } from './usage-error.ts'

const list = defineCommand({
  meta: { name: 'list', description: 'List the blueprints' },
  args: { format },
  async run({ args }): Promise<void> {
    const all = [...blueprints(catalogue()).values()]
    if (args.format === 'json') return printJson(all)
    printTable(all.map(({ id, title, controls }) => [id, `${controls.length} controls`, title]))
  },
})

const run = defineCommand({
  meta: { name: 'run', description: 'Tell whether a working copy, or a pack, holds it up' },
  args: {
    name: { type: 'positional', required: true, description: 'As "panthera blueprint list" shows' },
    path: { type: 'positional', required: false, description: 'A working copy [.]' },
    pack: { type: 'string', valueHint: 'FILE', description: 'this pack, instead of a new scan' },
    repository: {
      type: 'string',
      valueHint: 'OWNER/NAME',
      description: 'from origin unless given',
    },
    branch: { type: 'string', valueHint: 'NAME', description: 'the one checked out unless given' },
    cache: { type: 'boolean', default: true, negativeDescription: 'scan everything anew' },
    quiet: { type: 'boolean', description: 'no progress' },
    format,
  },
  async run({ args }): Promise<number> {
    const all = catalogue()
    const blueprint = known(all, args.name)
    if (args.pack !== undefined && args.path !== undefined) {
      throw new UsageError('give a folder or --pack, not both')
    }
    const content =
      args.pack === undefined
        ? await makePack({
            root: args.path ?? '.',
            repository: args.repository,
            branch: args.branch,
            frameworks: [],
            coverage: [],
            cache: args.cache,
            quiet: args.quiet ?? false,
          })
        : await objectIn(args.pack)
    const ran = runOver(all, blueprint, content)
    if (args.format === 'json') printJson(ran)
    else printRun(ran)
    return ran.verdict === 'pass' ? exitCodes.clean : exitCodes.findings
  },
})

export const blueprint = defineCommand({
  meta: { name: 'blueprint', description: 'Named sets of controls, and whether they are held up' },
  subCommands: { list, run },
})

function known(all: Catalogue, name: string): Blueprint {
  const named = blueprints(all)
  const found = named.get(name)
  if (found !== undefined) return found
  const ids = [...named.keys()]
  throw new UsageError(
    `there is no blueprint "${name}"${didYouMean(name, ids)}`,
    `There are ${ids.join(', ')}.`,
  )
}

function runOver(all: Catalogue, blueprint: Blueprint, content: JsonObject): BlueprintRun {
  if (!isGraded(content)) {
    throw new UsageError('the pack cannot be graded', 'Its findings or controls cannot be read.')
  }
  const results = content.control_results as unknown as Parameters<typeof statesIn>[1]
  // What the pack claims of itself counts for nothing.
  return runBlueprint(blueprint, all, {
    stateOf: statesIn(all, results),
    grade: computedOf(content).grade,
  })
}

function printRun({ title, verdict, reasons, passed, threshold, controls }: BlueprintRun): void {
  printTable(
    controls.map(({ framework, control_id, required, state, title: about }) => {
      return [words[state], `${framework} ${control_id}${required ? '!' : ''}`, about]
    }),
  )
  const needs = `${passed} % of its controls pass, ${threshold.passed} % must`
  process.stdout.write(`\n${title}: ${verdict === 'pass' ? `holds; ${needs}` : 'DOES NOT HOLD'}\n`)
  for (const reason of reasons) process.stdout.write(`  ${reason}\n`)
}

const words = { pass: 'pass', fail: 'FAIL', partial: 'partial', not_tested: 'not tested' } as const
