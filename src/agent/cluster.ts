// The cluster whose secrets this agent may replace.
import { clusterSecrets } from '../trust/connectors/deploy/cluster-secrets.ts'
import { DiscoveryRefused } from '../trust/connectors/discover/contract.ts'
import { clusterOfPod, readKubeconfig } from '../trust/connectors/discover/kubernetes/kubeconfig.ts'
import { type Configuration, ConfigurationError } from './configuration.ts'
import type { DeploymentHost } from './deployment/target.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Null where the configuration names none. @throws {ConfigurationError} */
export async function openCluster(
  { file, kubernetes }: Pick<Configuration, 'file' | 'kubernetes'>,
  env: Environment,
): Promise<DeploymentHost['kubernetes']> {
  if (kubernetes === undefined) return null
  const { kubeconfig, context, namespaces } = kubernetes
  try {
    const cluster =
      kubeconfig === undefined ? await clusterOfPod(env) : await readKubeconfig(kubeconfig, context)
    return { secrets: clusterSecrets(cluster), namespaces }
  } catch (error) {
    if (!(error instanceof DiscoveryRefused)) throw error
    const hint = error.hint === null ? '' : ` ${error.hint}`
    throw new ConfigurationError(`${file}: kubernetes: ${error.message}.${hint}`)
  }
}
