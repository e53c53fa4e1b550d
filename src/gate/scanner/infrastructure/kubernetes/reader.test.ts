import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { valueAt } from '../mapping.ts'
import { createKubernetesReader } from './reader.ts'

const reader = createKubernetesReader(new Set(['PodSpec', 'Role']))

function read(text: string, path = 'x.yaml') {
  return reader.read(new SourceText(path, Buffer.from(text)), { expired: () => false })
}

const told = (text: string, path?: string) =>
  read(text, path).resources.map(({ type, address }) => `${type} ${address}`)

const head = 'apiVersion: v1\n'
const containers = 'containers: [{name: a, image: b}]'

describe('createKubernetesReader', () => {
  it.each<[name: string, text: string, resources: string[]]>([
    [
      'a pod',
      `${head}kind: Pod\nmetadata: {name: x, namespace: y}\nspec: {${containers}}`,
      ['Pod Pod/y/x', 'PodSpec Pod/y/x'],
    ],
    [
      'what makes pods',
      `${head}kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {${containers}}}}}}`,
      ['CronJob CronJob/*', 'PodSpec CronJob/*'],
    ],
    [
      'custom kinds with pods',
      `${head}kind: Rollout\nspec: {template: {spec: {${containers}}}}`,
      ['Rollout Rollout/*', 'PodSpec Rollout/*'],
    ],
    ['JSON', `{"apiVersion":"v1","kind":"Role","metadata":{"name":"x"}}`, ['Role Role/x']],
    [
      'lists',
      `${head}kind: List\nitems:\n- {apiVersion: v1, kind: Role}\n- ${head}  kind: Role`.replace(
        '- apiVersion: v1\n',
        '- apiVersion: v1\n',
      ),
      ['Role Role/*', 'Role Role/*'],
    ],
    ['documents', `${head}kind: Role\n---\n${head}kind: Role`, ['Role Role/*', 'Role Role/*']],
    ['no other kinds', `${head}kind: ConfigMap\ndata: {}`, []],
    ['no definitions', `${head}kind: CustomResourceDefinition\nspec: {containers: []}`, []],
    ['nothing else', 'kind: Role\nname: apiVersion', []],
  ])('reads %s', (_, text, resources) => {
    expect(told(text)).toEqual(resources)
  })

  it('says what it cannot read, unless it is a template', () => {
    const broken = `${head}kind: Role\nrules: [\n`
    expect(read(broken).problem).toContain('cannot be read')
    expect(read(`${broken}{{ toYaml .x }}`).problem).toBe(null)
    expect(read(broken, 'chart/templates/x.yaml').problem).toBe(null)
    expect(read(`kind: Other\nx: [`).problem).toBe(null)
  })

  it('shows all containers and their arguments as one list', () => {
    const spec = `{initContainers: [{name: i, image: b, args: [c]}], ${containers}}`
    const pod = read(`${head}kind: Pod\nspec: ${spec}`).resources[1]?.body
    const all = valueAt(pod, 'containers')
    const names = all?.kind === 'list' ? all.items.map((one) => valueAt(one, 'name')) : []
    expect(names).toMatchObject([{ value: 'a' }, { value: 'i' }])
    const init = all?.kind === 'list' ? all.items[1] : undefined
    expect(valueAt(init, 'arguments')).toMatchObject({ items: [{ value: 'c' }] })
  })

  const chart = [
    '{{- if .Values.on }}',
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata: {name: x}',
    'spec:',
    '  replicas: {{ .Values.replicas }}',
    '  template:',
    '    spec:',
    '      hostPID: true',
    '      {{- include "volumes" . | nindent 6 }}',
    '      {{- if .Values.network }}',
    '      hostNetwork: true',
    '      {{- end }}',
    '      containers:',
    '        - name: a',
    '          image: "b:{{ .Values.tag }}"',
    '          {{- with .Values.security }}',
    '          securityContext: {{ toYaml . | nindent 12 }}',
    '          {{- end }}',
    '{{- end }}',
  ].join('\n')

  it('takes what a chart may decide for unknown, and what is written for known', () => {
    const pod = read(chart, 'chart/templates/x.yaml').resources[1]?.body
    expect(pod?.open).toBe(true)
    expect(valueAt(pod, 'hostPID')).toMatchObject({ value: true })
    expect(valueAt(pod, 'hostNetwork')).toMatchObject({ kind: 'unknown' })
    const all = valueAt(pod, 'mainContainers')
    const [container] = all?.kind === 'list' ? all.items : []
    expect(valueAt(container, 'name')).toMatchObject({ value: 'a' })
    expect(valueAt(container, 'image')).toMatchObject({ kind: 'unknown' })
    expect(valueAt(container, 'securityContext')).toMatchObject({ kind: 'unknown' })
  })

  it('takes what a patch leaves out for unknown', () => {
    const patch = `${head}kind: Pod\nspec: {containers: [{name: a}]}`
    expect(read(patch).resources.every(({ body }) => body.open)).toBe(true)
  })
})
