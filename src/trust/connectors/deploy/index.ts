// The table of deployment targets that there are. Add one: its file, and its row here.
import { apacheType } from './apache.ts'
import { caddyType } from './caddy.ts'
import type { DeploymentType } from './contract.ts'
import { filesType } from './files.ts'
import { haproxyType } from './haproxy.ts'
import { kubernetesType } from './kubernetes.ts'
import { nginxType } from './nginx.ts'

export const deployTypes = {
  nginx: nginxType,
  haproxy: haproxyType,
  apache: apacheType,
  caddy: caddyType,
  files: filesType,
  kubernetes: kubernetesType,
} satisfies Record<string, DeploymentType>

export type DeployTypeName = keyof typeof deployTypes

export const deployTypeNames = Object.keys(deployTypes) as DeployTypeName[]

export function isDeployType(name: string): name is DeployTypeName {
  return Object.hasOwn(deployTypes, name)
}
