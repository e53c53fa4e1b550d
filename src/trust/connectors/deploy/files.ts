// Files for any other program, and a command that makes it read them.
import { z } from 'zod'
import {
  CommandName,
  type Content,
  commandOf,
  type DeploymentType,
  deploymentType,
  HostPath,
  type PlannedFile,
  Probes,
} from './contract.ts'

const contents = {
  keyFile: 'key',
  chainFile: 'chain',
  fullchainFile: 'fullchain',
  certificateFile: 'certificate',
  combinedFile: 'combined',
} as const satisfies Record<string, Content>
const fields = Object.keys(contents) as (keyof typeof contents)[]

const Settings = z
  .strictObject({
    certificateFile: HostPath.optional().describe('The certificate alone'),
    chainFile: HostPath.optional(),
    fullchainFile: HostPath.optional().describe('Certificate and chain'),
    keyFile: HostPath.optional(),
    combinedFile: HostPath.optional().describe('Certificate, chain and key'),
    testCommand: CommandName.optional(),
    reloadCommand: CommandName.optional(),
    probes: Probes.default([]),
  })
  .superRefine((settings, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    const given = fields.filter((field) => settings[field] !== undefined)
    if (given.length === 0) issue('fullchainFile', `is required, or one of ${fields.join(', ')}`)
    for (const [at, field] of given.entries()) {
      const twin = given.slice(0, at).find((other) => settings[other] === settings[field])
      if (twin !== undefined) issue(field, `must be another file than ${twin}`)
    }
  })

export const filesType: DeploymentType = deploymentType({
  settings: Settings,
  commands: {},
  plan: (settings) => ({
    place: {
      kind: 'files',
      files: fields.flatMap((field): PlannedFile[] => {
        const path = settings[field]
        return path === undefined ? [] : [{ path, content: contents[field] }]
      }),
    },
    test: commandOf(settings.testCommand),
    reload: commandOf(settings.reloadCommand),
    probes: settings.probes,
  }),
})
