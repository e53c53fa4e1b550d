// `panthera discover files`: the certificates in files of this machine.
import { type ArgsDef, defineCommand } from 'citty'
import { FilesSettings } from '../trust/connectors/discover/contract.ts'
import { discoverFiles } from '../trust/connectors/discover/files.ts'
import { positionalsOf, valuesOf } from './arguments.ts'
import { runDiscovery, settingsOf, shared } from './discover-run.ts'

const args = {
  path: {
    type: 'positional',
    required: true,
    valueHint: 'PATH…',
    description: 'Folders, walked whole, and files',
  },
  deep: { type: 'boolean', description: 'Look into every file, whatever its name' },
  authorities: { type: 'boolean', description: 'Tell authorities too, and read trust stores' },
  exclude: { type: 'string', description: 'A path or a name to leave out; repeatable' },
  passwords: { type: 'string', description: 'A file of passwords of key stores, one per line' },
  ...shared,
} as const satisfies ArgsDef

export const files = defineCommand({
  meta: {
    name: 'files',
    description: 'Find certificates in files, and whether their key is there',
  },
  args,
  async run({ args: asked, rawArgs }): Promise<number> {
    const settings = await settingsOf(async () =>
      FilesSettings.safeParse({
        paths: positionalsOf(args, rawArgs),
        exclude: valuesOf(args, rawArgs, 'exclude'),
        authorities: asked.authorities ?? false,
        passwordsFile: asked.passwords,
      }),
    )
    return runDiscovery({
      label: 'Looking',
      unit: 'file',
      hint: null,
      asked,
      start: (context) => discoverFiles({ ...settings, deep: asked.deep ?? false }, context),
    })
  },
})
