// Apache httpd: certificate and key in two files, tested and reloaded with apache2ctl.
import { z } from 'zod'
import { CommandName, type DeploymentType, deploymentType, ServerProbes } from './contract.ts'
import { checkPlacement, placement, placeOf } from './placement.ts'

const Settings = z
  .strictObject({
    ...placement,
    testCommand: CommandName.default('apache-test'),
    reloadCommand: CommandName.default('apache-reload'),
    probes: ServerProbes,
  })
  .superRefine(checkPlacement)

export const apacheType: DeploymentType = deploymentType({
  settings: Settings,
  commands: {
    'apache-test': ['/usr/sbin/apache2ctl', 'configtest'],
    'apache-reload': ['/usr/sbin/apache2ctl', 'graceful'],
  },
  plan: (settings) => ({
    place: placeOf(settings),
    test: { kind: 'command', name: settings.testCommand },
    reload: { kind: 'command', name: settings.reloadCommand },
    probes: settings.probes,
  }),
})
