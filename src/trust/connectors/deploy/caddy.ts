// Caddy with certificates of its own choice (`tls <certificate> <key>`): it reads the files when
// its configuration is loaded, and keeps the one it had where that fails.
import { z } from 'zod'
import {
  CommandName,
  commandOf,
  type DeploymentType,
  deploymentType,
  ServerProbes,
} from './contract.ts'
import { checkPlacement, placement, placeOf } from './placement.ts'

const Settings = z
  .strictObject({
    ...placement,
    testCommand: CommandName.optional(),
    reloadCommand: CommandName.optional().describe('Instead of the admin API'),
    adminUrl: z
      .string()
      .max(100)
      .regex(
        /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost):[0-9]{1,5}$/,
        'must be http:// on 127.0.0.1, [::1] or localhost with its port, and nothing after it',
      )
      .default('http://127.0.0.1:2019'),
    probes: ServerProbes,
  })
  .superRefine(checkPlacement)

export const caddyType: DeploymentType = deploymentType({
  settings: Settings,
  commands: {
    'caddy-test': ['/usr/bin/caddy', 'validate', '--config', '/etc/caddy/Caddyfile'],
    'caddy-reload': ['/usr/bin/systemctl', 'reload', 'caddy'],
  },
  plan: (settings) => ({
    place: placeOf(settings),
    test: commandOf(settings.testCommand),
    reload: commandOf(settings.reloadCommand) ?? { kind: 'caddy', adminUrl: settings.adminUrl },
    probes: settings.probes,
  }),
})
