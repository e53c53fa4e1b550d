// What deployments may do on this host, out of its configuration.
import { join } from 'node:path'
import type { Configuration } from './configuration.ts'
import type { DeploymentHost } from './deployment/target.ts'
import { groupId } from './group-id.ts'

const pauseMs = 250
/** Where Debian's HAProxy and Caddy listen. */
const usualEndpoints = { haproxy: '/run/haproxy/admin.sock', caddy: 'http://127.0.0.1:2019' }

/** @throws {ConfigurationError} where the host has not what its configuration names. */
export async function deploymentHost(
  configuration: Configuration,
  { kubernetes, now }: Pick<DeploymentHost, 'kubernetes' | 'now'>,
): Promise<DeploymentHost> {
  const { data, deploy, targets, commands } = configuration
  const { keyMode, keyGroup } = deploy
  const usual = Object.entries(usualEndpoints).filter(([type]) => targets.some((t) => t === type))
  return {
    folder: join(data, 'deployments'),
    types: targets,
    permissions: {
      folders: deploy.folders,
      commands,
      endpoints: [...usual.map(([, endpoint]) => endpoint), ...deploy.endpoints],
    },
    modes: {
      key: Number.parseInt(keyMode, 8),
      keyGroup: keyGroup === undefined ? null : await groupId(keyGroup),
    },
    versionsMax: deploy.versionsMax,
    commandTimeoutMs: deploy.commandTimeoutSeconds * 1000,
    probing: { attemptsMax: Math.ceil((deploy.probeSeconds * 1000) / pauseMs), pauseMs },
    kubernetes,
    now,
  }
}
