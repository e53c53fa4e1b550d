// nginx: certificate and key in two files, tested with `nginx -t`, reloaded without a lost
// connection.
import { z } from 'zod'
import { CommandName, type DeploymentType, deploymentType, ServerProbes } from './contract.ts'
import { checkPlacement, placement, placeOf } from './placement.ts'

const Settings = z
  .strictObject({
    ...placement,
    testCommand: CommandName.default('nginx-test'),
    reloadCommand: CommandName.default('nginx-reload'),
    probes: ServerProbes,
  })
  .superRefine(checkPlacement)

export const nginxType: DeploymentType = deploymentType({
  settings: Settings,
  commands: {
    'nginx-test': ['/usr/sbin/nginx', '-t', '-q'],
    'nginx-reload': ['/usr/sbin/nginx', '-s', 'reload'],
  },
  plan: (settings) => ({
    place: placeOf(settings),
    test: { kind: 'command', name: settings.testCommand },
    reload: { kind: 'command', name: settings.reloadCommand },
    probes: settings.probes,
  }),
})
