// A TLS secret of Kubernetes, in the cluster that the agent's own configuration names.
import { z } from 'zod'
import { type DeploymentType, deploymentType, Probes } from './contract.ts'

const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'

const Settings = z.strictObject({
  namespace: z
    .string()
    .max(63)
    .regex(new RegExp(`^${label}$`), 'must be the name of a namespace')
    .default('default'),
  secret: z
    .string()
    .max(253)
    .regex(new RegExp(`^${label}(?:\\.${label})*$`), 'must be the name of a secret'),
  probes: Probes.default([]),
})

export const kubernetesType: DeploymentType = deploymentType({
  settings: Settings,
  commands: {},
  plan: ({ namespace, secret, probes }) => ({
    place: { kind: 'secret', namespace, name: secret },
    test: null,
    reload: null,
    probes,
  }),
})
