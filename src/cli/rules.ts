// `panthera rules`: which rules there are.
import { type ArgsDef, defineCommand } from 'citty'
import { type EngineName, engineNames } from '../gate/scanner/project/settings.ts'
import { engineNames as nameOf } from '../gate/scanner/report/engine-name.ts'
import { listRules } from '../gate/source/rule-list.ts'
import { format, printJson, printTable } from './remote.ts'

const args = {
  engine: { type: 'enum', options: [...engineNames], description: 'only those of one engine' },
  format,
} satisfies ArgsDef

export const rules = defineCommand({
  meta: { name: 'rules', description: 'List the rules' },
  args,
  async run({ args: asked }): Promise<void> {
    const engine = asked.engine as EngineName | undefined
    const all = await listRules()
    const wanted = all.filter(({ scanType }) => engine === undefined || nameOf[scanType] === engine)
    if (asked.format === 'json') return printJson(wanted)
    printTable(
      wanted.map(({ id, scanType, severity, title }) => [severity, nameOf[scanType], id, title]),
    )
  },
})
