// `panthera discover tls`: the certificates that servers show.
import { type ArgsDef, defineCommand } from 'citty'
import { TlsSettings } from '../trust/connectors/discover/contract.ts'
import { portsOf } from '../trust/connectors/discover/tls/targets.ts'
import { discoverTls } from '../trust/connectors/discover/tls.ts'
import { positionalsOf, valuesOf } from './arguments.ts'
import { runDiscovery, settingsOf, shared, wholeNumber } from './discover-run.ts'

const args = {
  target: {
    type: 'positional',
    required: true,
    valueHint: 'TARGET…',
    description: 'HOST, HOST:PORT, ADDRESS/PREFIX, or smtp://HOST and the like for STARTTLS',
  },
  ports: { type: 'string', description: 'Of targets that name none, such as 443,8000-8010; 443' },
  'server-name': { type: 'string', description: 'Ask each address for this name too; repeatable' },
  concurrency: { type: 'string', description: 'How many at once, up to 256; 64' },
  timeout: { type: 'string', description: 'Milliseconds for each, up to 10000; 3000' },
  large: { type: 'boolean', description: 'Also over 65,536 addresses' },
  ...shared,
} as const satisfies ArgsDef

export const tls = defineCommand({
  meta: { name: 'tls', description: 'Find the certificates that servers show' },
  args,
  async run({ args: asked, rawArgs }): Promise<number> {
    const { ports, concurrency, timeout } = asked
    const settings = await settingsOf(async () => {
      const listed = ports === undefined ? {} : { ports: portsOf(ports, '--ports') }
      return TlsSettings.safeParse({
        ...listed,
        targets: positionalsOf(args, rawArgs),
        serverNames: valuesOf(args, rawArgs, 'server-name'),
        concurrency: wholeNumber(concurrency, '--concurrency', 256),
        timeoutMs: wholeNumber(timeout, '--timeout', 10_000),
        addressesMax: asked.large ? 16_777_216 : undefined,
      })
    })
    return runDiscovery({
      label: 'Probing',
      unit: 'port',
      hint: 'Name smaller networks, or add --large if you mean it.',
      asked,
      start: (context) => discoverTls(settings, context),
    })
  },
})
