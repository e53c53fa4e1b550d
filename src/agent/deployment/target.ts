// One target as this host can work on it: where it is written, how it is tested, reloaded, looked
// at. The plan comes from the connector, and what it may touch from the host's configuration.
import { readFile } from 'node:fs/promises'
import type { Secrets } from '../../trust/connectors/deploy/cluster-secrets.ts'
import type { Action, Plan } from '../../trust/connectors/deploy/contract.ts'
import { deployTypes, isDeployType } from '../../trust/connectors/deploy/index.ts'
import { reloadCaddy } from './caddy-admin.ts'
import { Forbidden, oneLine } from './failure.ts'
import { filesPlace } from './files-place.ts'
import { folderPlace } from './folder-place.ts'
import { exchangeCertificate } from './haproxy-runtime.ts'
import type { Begun } from './journal.ts'
import { type Permissions, permitEndpoint, permittedCommand } from './permitted.ts'
import type { FileModes, Place } from './place.ts'
import type { Asked, ProbePace } from './probe.ts'
import { runCommand } from './run-command.ts'
import { secretPlace } from './secret-place.ts'

/** What a host lets deployments do, and how patiently. */
export interface DeploymentHost {
  /** Journals, and copies of what was replaced. */
  folder: string
  /** Types that the host serves. */
  types: readonly string[]
  permissions: Permissions
  modes: FileModes
  /** Versions that stay where a certificate was replaced, the one that counts included. */
  versionsMax: number
  commandTimeoutMs: number
  probing: ProbePace
  /** Null where the host's configuration names no cluster. */
  kubernetes: { secrets: Secrets; namespaces: readonly string[] } | null
  now: () => Date
  /** Tests end the process here; nobody else gives one. */
  crashpoint?: (name: string) => void
}

export interface Target {
  place: Place
  probes: readonly Asked[]
  /** Before anything is touched. @throws {Forbidden} */
  permit(): Promise<void>
  /** Null where there is none. */
  test: (() => Promise<string>) | null
  reload: (() => Promise<string>) | null
}

/** @throws {Forbidden} where the host does not serve it or the settings do not fit. */
export function targetOf(host: DeploymentHost, begun: Begun, keyType: string | undefined): Target {
  const plan = planFor(host, begun.target)
  const place = placeFor(host, plan, begun)
  const actions = [plan.test, plan.reload].filter((action) => action !== null)
  return {
    place,
    probes: plan.probes.map((probe) => ({
      ...probe,
      serverName: probe.serverName ?? begun.serverName,
      keyType,
    })),
    async permit() {
      for (const action of actions) permitAction(host.permissions, action)
      await place.permit()
    },
    test: plan.test === null ? null : () => act(host, plan.test),
    reload: plan.reload === null ? null : () => act(host, plan.reload),
  }
}

function planFor({ types }: DeploymentHost, { type, settings }: Begun['target']): Plan {
  if (!isDeployType(type) || !types.includes(type)) {
    throw new Forbidden(
      `this host does not serve targets of type ${type} (${types.join(', ') || 'none'}): ` +
        'add it to targets of the agent',
    )
  }
  const checked = deployTypes[type].settings.safeParse(settings)
  if (checked.success) return deployTypes[type].plan(settings)
  const [issue] = checked.error.issues
  throw new Forbidden(oneLine(`settings of the target: ${issue?.path.join('.')} ${issue?.message}`))
}

function placeFor(host: DeploymentHost, { place }: Plan, begun: Begun): Place {
  const { permissions, modes, versionsMax, kubernetes, crashpoint } = host
  const kept = { folder: `${host.folder}/kept`, max: Math.max(versionsMax - 1, 0) }
  if (place.kind === 'files') {
    return filesPlace(place.files, begun, { permissions, modes, kept, crashpoint })
  }
  if (place.kind === 'folder') {
    return folderPlace(place.folder, begun, { permissions, modes, versionsMax })
  }
  if (kubernetes === null) {
    throw new Forbidden('this host has no cluster: add kubernetes to the agent')
  }
  if (!kubernetes.namespaces.includes(place.namespace)) {
    throw new Forbidden(
      `the namespace ${place.namespace} is not in kubernetes.namespaces of this agent`,
    )
  }
  return secretPlace(kubernetes.secrets, place, { work: begun, kept })
}

function permitAction(permissions: Permissions, action: Action): void {
  if (action.kind === 'command') permittedCommand(permissions, action.name)
  if (action.kind === 'haproxy') permitEndpoint(permissions, action.socket)
  if (action.kind === 'caddy') permitEndpoint(permissions, action.adminUrl)
}

async function act(host: DeploymentHost, action: Action | null): Promise<string> {
  if (action === null) return 'nothing to do'
  permitAction(host.permissions, action)
  if (action.kind === 'caddy') return reloadCaddy(action.adminUrl)
  if (action.kind === 'haproxy') {
    const { socket, file } = action
    return exchangeCertificate(socket, file, await readFile(file, 'utf8'))
  }
  const argv = permittedCommand(host.permissions, action.name)
  return runCommand(action.name, argv, host.commandTimeoutMs)
}
