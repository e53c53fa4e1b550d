// `panthera config`: what a scan here would be told, and by whom.
import { defineCommand } from 'citty'
import { settingsSchema } from '../gate/scanner/project/settings-schema.ts'
import { projectOf } from './project.ts'
import { format, printJson, printTable } from './remote.ts'
import type { Setting } from './settings.ts'

export const config = defineCommand({
  meta: { name: 'config', description: 'Show the settings of a scan and where each comes from' },
  args: {
    path: { type: 'positional', default: '.', description: 'The folder that would be scanned' },
    show: { type: 'boolean', description: 'show values and origins; done without it too' },
    schema: { type: 'boolean', description: 'print the JSON Schema of panthera.yaml for editors' },
    format,
  },
  async run({ args }): Promise<void> {
    if (args.schema) return printJson(settingsSchema)
    const { settings, word, files } = await projectOf(args.path, { flags: {}, env: process.env })
    const { disable, severity } = word.settings.rules
    const from = files.map(({ path }) => path).join(', ') || 'default'
    const rules = (value: unknown, empty: boolean): Setting<unknown> => ({
      value,
      origin: empty ? 'default' : from,
    })
    const all: Record<string, Setting<unknown>> = {
      'scan.engines': settings.engines,
      'scan.fail-on': settings.failOn,
      'scan.exclude': settings.exclude,
      'scan.baseline': settings.baseline,
      'rules.disable': rules(disable, disable.length === 0),
      'rules.severity': rules(Object.fromEntries(severity), severity.size === 0),
      ignores: rules(word.settings.ignores.length, word.settings.ignores.length === 0),
    }
    if (args.format === 'json') return printJson(all)
    printTable(Object.entries(all).map(([name, { value, origin }]) => [name, shown(value), origin]))
  },
})

function shown(value: unknown): string {
  if (value === null) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  if (typeof value !== 'object') return String(value)
  const pairs = Object.entries(value).map(([name, each]) => `${name}: ${each}`)
  return pairs.length === 0 ? 'none' : pairs.join(', ')
}
