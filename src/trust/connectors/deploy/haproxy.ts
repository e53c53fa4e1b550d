// HAProxy: one file of certificate, chain and key. Through the socket of its runtime API it takes
// a new one without a reload; the file is written all the same, or a restart would lose it.
import { z } from 'zod'
import {
  CommandName,
  type DeploymentType,
  deploymentType,
  HostPath,
  ServerProbes,
} from './contract.ts'

const Settings = z.strictObject({
  pemFile: HostPath.describe('As HAProxy’s own configuration names it, also within a folder'),
  runtimeSocket: HostPath.nullable()
    .default(null)
    .describe('As in /run/haproxy/admin.sock, level admin; then nothing is reloaded'),
  testCommand: CommandName.default('haproxy-test'),
  reloadCommand: CommandName.default('haproxy-reload').describe('Without a runtimeSocket'),
  probes: ServerProbes,
})

export const haproxyType: DeploymentType = deploymentType({
  settings: Settings,
  commands: {
    'haproxy-test': ['/usr/sbin/haproxy', '-c', '-q', '-f', '/etc/haproxy/haproxy.cfg'],
    'haproxy-reload': ['/usr/bin/systemctl', 'reload', 'haproxy'],
  },
  plan: ({ pemFile, runtimeSocket, testCommand, reloadCommand, probes }) => ({
    place: { kind: 'files', files: [{ path: pemFile, content: 'combined' }] },
    test: { kind: 'command', name: testCommand },
    reload:
      runtimeSocket === null
        ? { kind: 'command', name: reloadCommand }
        : { kind: 'haproxy', socket: runtimeSocket, file: pemFile },
    probes,
  }),
})
