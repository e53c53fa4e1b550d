// `panthera advisories update|status`: the data that packages are compared with.
import { resolve } from 'node:path'
import { type ArgsDef, defineCommand } from 'citty'
import type { IndexDescription } from '../gate/scanner/dependencies/advisories/index-file.ts'
import { bundledAdvisories, userAdvisories } from '../gate/source/advisories/directory.ts'
import { importAdvisories } from '../gate/source/advisories/import.ts'
import { AdvisoryInputError } from '../gate/source/advisories/input-error.ts'
import { advisoryStatus, type IndexStatus } from '../gate/source/advisories/status.ts'
import { valuesOf } from './arguments.ts'
import { startProgress } from './progress.ts'
import { format, printJson, printTable } from './remote.ts'
import { UsageError } from './usage-error.ts'

const directory = {
  type: 'string',
  valueHint: 'FOLDER',
  description: "where the indexes lie, such as a server's <data>/advisories; yours unless given",
} as const

const updateArgs = {
  from: {
    type: 'string',
    required: true,
    valueHint: 'ZIP|FOLDER|URL',
    description: 'a zip or a folder of OSV records or of a database; may be repeated',
  },
  directory,
  format,
} satisfies ArgsDef

const update = defineCommand({
  meta: { name: 'update', description: 'Replace the advisories of each ecosystem that is given' },
  args: updateArgs,
  async run({ args, rawArgs }): Promise<void> {
    const progress = startProgress({ stream: process.stderr })
    let written: IndexDescription[]
    try {
      written = await importAdvisories({
        sources: valuesOf(updateArgs, rawArgs, 'from'),
        directory: resolve(args.directory ?? userAdvisories()),
        onProgress: (done) => progress.update({ label: 'Reading advisories', done, total: null }),
      })
    } catch (error) {
      if (!(error instanceof AdvisoryInputError)) throw error
      throw new UsageError(error.message, 'Nothing was changed.')
    } finally {
      progress.end()
    }
    if (args.format === 'json') return printJson({ indexes: written })
    printTable([titles, ...written.map((each) => cells(each))])
  },
})

const status = defineCommand({
  meta: { name: 'status', description: 'Tell which advisories there are, from when and whom' },
  args: { directory, format },
  async run({ args }): Promise<void> {
    const own = resolve(args.directory ?? userAdvisories())
    const indexes = await advisoryStatus([
      { kind: 'own', directory: own },
      { kind: 'bundled', directory: await bundledAdvisories() },
    ])
    if (args.format === 'json') return printJson({ directory: own, indexes })
    const there = indexes.filter(({ description }) => description !== null)
    if (there.length === 0) {
      process.stdout.write('There are no advisories: no package is compared with anything.\n')
      process.stderr.write(
        'Get some with: panthera advisories update --from <zip, folder or URL>\n',
      )
      return
    }
    printTable([[...titles, 'FROM'], ...there.map(statusRow)])
    for (const { path, problem } of indexes) {
      if (problem !== null) process.stderr.write(`${path} cannot be used: ${problem}\n`)
    }
  },
})

export const advisories = defineCommand({
  meta: { name: 'advisories', description: 'The data that packages are compared with' },
  subCommands: { update, status },
})

const titles = ['ECOSYSTEM', 'DATE', 'PACKAGES', 'VULNERABILITIES', 'SOURCES']

function cells({ ecosystem, date, packages, vulnerabilities, sources }: IndexDescription) {
  const told = sources.map(({ name, records }) => `${name} ${records}`).join(', ')
  return [ecosystem, date ?? 'unknown', String(packages), String(vulnerabilities), told]
}

function statusRow({ kind, description }: IndexStatus): string[] {
  const from = kind === 'own' ? 'update' : 'package'
  return description === null ? [] : [...cells(description), from]
}
