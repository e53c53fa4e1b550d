// `panthera control list|explain`: the controls of frameworks and what speaks for or against them,
// without a server.
import { defineCommand } from 'citty'
import { linksOf } from '../certus/seal/controls/chain.ts'
import {
  type Catalogue,
  type Control,
  controlOf,
  type Framework,
} from '../certus/seal/controls/framework.ts'
import { didYouMean } from '../gate/scanner/project/did-you-mean.ts'
import { catalogue } from './frameworks.ts'
import { type Field, fields } from './page.ts'
import { format, printJson, printTable } from './remote.ts'
import { UsageError } from './usage-error.ts'

const list = defineCommand({
  meta: { name: 'list', description: 'List the frameworks, or the controls of one' },
  args: {
    framework: { type: 'positional', required: false, description: 'The id of a framework' },
    format,
  },
  async run({ args }): Promise<void> {
    const { frameworks } = catalogue()
    if (args.framework === undefined) return listFrameworks(frameworks, args.format)
    const { controls } = known(frameworks, args.framework)
    if (args.format === 'json') return printJson(controls)
    printTable(
      controls.map(({ id, title, proven_by }) => {
        return [id, Object.keys(proven_by).length === 0 ? ' ' : '*', title]
      }),
    )
    process.stderr.write('\n* Panthera sees something of it: panthera control explain <id>\n')
  },
})

const explain = defineCommand({
  meta: {
    name: 'explain',
    description: 'Tell what proves a control, or what a weakness is against',
  },
  args: {
    about: {
      type: 'positional',
      required: true,
      description: 'soc2/CC6.1, or a weakness such as CWE-89',
    },
    format,
  },
  async run({ args }): Promise<void> {
    const all = catalogue()
    if (/^CWE-\d+$/i.test(args.about)) {
      return explainWeakness(all, args.about.toUpperCase(), args.format)
    }
    const [name = '', id = ''] = args.about.split(/\/(.*)/)
    const framework = known(all.frameworks, name)
    const control = controlOf(framework, id)
    if (control === null) {
      const near = didYouMean(
        id,
        framework.controls.map((one) => one.id),
      )
      throw new UsageError(
        `${name} has no control "${id}"${near}`,
        `All there are: panthera control list ${name}`,
      )
    }
    if (args.format === 'json') return printJson({ framework: name, ...control })
    process.stdout.write(`${pageOf(all, framework, control)}\n`)
  },
})

export const control = defineCommand({
  meta: {
    name: 'control',
    description: 'The controls of frameworks and what shows that they hold',
  },
  subCommands: { list, explain },
})

function known(frameworks: Catalogue['frameworks'], name: string): Framework {
  const found = frameworks.get(name)
  if (found !== undefined) return found
  const ids = [...frameworks.keys()]
  throw new UsageError(
    `there is no framework "${name}"${didYouMean(name, ids)}`,
    `There are ${ids.join(', ')}.`,
  )
}

function listFrameworks(frameworks: Catalogue['frameworks'], wanted: string): void {
  const all = [...frameworks.values()].map(({ controls, ...framework }) => {
    return { ...framework, controls_total: controls.length }
  })
  if (wanted === 'json') printJson(all)
  else printTable(all.map((one) => [one.id, `${one.controls_total}`, one.title, one.version]))
}

function explainWeakness(all: Catalogue, cwe: string, wanted: string): void {
  const links = linksOf(all, { cwe, scanType: null })
  if (wanted === 'json') {
    printJson(links)
    return
  }
  if (links.length === 0) process.stderr.write(`No control is tied to ${cwe}.\n`)
  printTable(links.map((link) => [link.framework, link.control, link.confidence, link.proof]))
}

function pageOf({ proofs }: Catalogue, framework: Framework, { id, title, proven_by }: Control) {
  const page: Field[] = Object.entries(proven_by).flatMap(([name, confidence]): Field[] => {
    const proof = proofs.get(name)
    if (proof === undefined) return []
    const seen = [
      ...proof.engines.map((engine) => `scan: ${engine}`),
      ...proof.records.map((record) => `records: ${record}`),
    ]
    const cwe = proof.cwe.length === 0 ? '' : `; weaknesses CWE-${proof.cwe.join(', ')}`
    return [[name, `${proof.title} (confidence ${confidence}; ${seen.join(', ')}${cwe})`]]
  })
  const nothing: Field[] = [['Nothing', 'that Panthera sees shows whether it holds.']]
  const head = `${framework.title} ${id}\n${title}`
  return `${head}\n\n${fields(page.length === 0 ? nothing : page)}\n\n${framework.terms}`
}
