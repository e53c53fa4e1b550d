import { describe, expect, it } from 'vitest'
import { kubernetesObjectsIn } from './kubernetes.ts'
import { plain, readFiles } from './plain.fixture.ts'

function objectsIn(text: string) {
  const objects = kubernetesObjectsIn(readFiles(text).resources)
  return objects.map(({ platform, type, address, body }) => {
    return { platform, type, address, body: plain(body) as Record<string, unknown> }
  })
}

const deployment = `
resource "kubernetes_deployment_v1" "web" {
  metadata {
    name   = "web"
    labels = { app_name = "web" }
  }
  spec {
    template {
      spec {
        host_pid = true
        container {
          name  = "a"
          image = "b:1"
          security_context {
            run_as_user = 0
            capabilities {
              add = ["SYS_ADMIN"]
            }
          }
          env {
            name  = "A"
            value = "1"
          }
        }
        init_container {
          name  = "c"
          image = var.image
        }
      }
    }
  }
}`

describe('resources of the provider for Kubernetes', () => {
  it('are read as the objects that they make', () => {
    const [object, pod] = objectsIn(deployment)
    expect(object).toMatchObject({
      platform: 'kubernetes',
      type: 'Deployment',
      address: 'kubernetes_deployment_v1.web',
      body: { metadata: { name: 'web', labels: { app_name: 'web' } } },
    })
    expect(pod?.type).toBe('PodSpec')
    expect(pod?.body).toMatchObject({
      hostPID: true,
      containers: [
        {
          name: 'a',
          securityContext: { runAsUser: 0, capabilities: { add: ['SYS_ADMIN'] } },
          env: [{ name: 'A', value: '1' }],
        },
        { name: 'c' },
      ],
    })
  })

  it.each([
    [
      'resource "kubernetes_manifest" "r" {\n  manifest = { apiVersion = "v1", kind = "Role" }\n}',
      ['Role'],
    ],
    [
      'resource "kubernetes_cluster_role" "r" {\n  rule {\n    verbs = ["*"]\n  }\n}',
      ['ClusterRole'],
    ],
    ['resource "kubernetes_manifest" "r" {\n  manifest = var.manifest\n}', []],
    ['resource "aws_instance" "r" {}', []],
  ])('are told by their type: %s', (text, types) => {
    expect(objectsIn(text).map(({ type }) => type)).toEqual(types)
  })

  it('keep lists of texts', () => {
    const rule = 'rule {\n    api_groups = [""]\n    verbs = ["get"]\n  }'
    const [role] = objectsIn(`resource "kubernetes_role" "r" {\n  ${rule}\n}`)
    expect(role?.body).toEqual({ rules: [{ apiGroups: [''], verbs: ['get'] }] })
  })
})
