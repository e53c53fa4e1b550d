import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SourceText } from '../source-text.ts'
import { parseCheckRules } from './check/rule.ts'
import { createInfrastructureEngine } from './engine.ts'

const root = new URL('../../../../rules/infrastructure/', import.meta.url)
const folders = ['kubernetes', 'dockerfile', 'compose', 'actions']
const names = folders.flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root)).map((name) => `${folder}/${name}`),
)
const textOf = (name: string) => readFileSync(new URL(name, root), 'utf8')
const isRule = (name: string) => name.endsWith('.yaml') && !name.includes('.test.')
const texts = names.filter(isRule).map((path) => ({ path, text: textOf(path) }))
const rules = parseCheckRules(texts)
const engine = createInfrastructureEngine({ rules })
const patient = { expired: () => false }

function scan(path: string, text: string | Uint8Array, budget = patient) {
  return engine.scan(new SourceText(path, Buffer.from(text)), budget)
}

const pod = [
  'apiVersion: v1',
  'kind: Pod',
  'metadata: {name: x}',
  'spec:',
  '  containers:',
  '    - name: é',
  '      image: b:1',
  '      securityContext: {privileged: true}',
].join('\n')

describe('createInfrastructureEngine', () => {
  it.each([
    ['deploy/x.yaml', true],
    ['x.json', true],
    ['Dockerfile', true],
    ['action.yml', true],
    ['.github/workflows/x.yml', true],
    ['main.tf', false],
    ['src/x.ts', false],
  ])('wants %s: %s', (path, wanted) => {
    expect(engine.wants(path)).toBe(wanted)
  })

  it.each([
    [
      'stack.yaml',
      'Resources:\n  A:\n    Type: AWS::EC2::Volume\n    Properties: { Encrypted: false }',
    ],
    [
      'plan.json',
      JSON.stringify({
        format_version: '1.2',
        planned_values: {
          root_module: {
            resources: [
              {
                address: 'aws_ebs_volume.a',
                mode: 'managed',
                type: 'aws_ebs_volume',
                values: { encrypted: false },
              },
            ],
          },
        },
      }),
    ],
  ])('checks what will be made of %s', (path, text) => {
    const name = 'terraform/aws/compute.yaml'
    const terraform = parseCheckRules([{ path: name, text: textOf(name) }])
    const source = new SourceText(path, Buffer.from(text))
    const { weaknesses } = createInfrastructureEngine({ rules: terraform }).scan(source, patient)
    expect(weaknesses.map(({ rule }) => rule.id)).toContain('aws-ebs-volume-unencrypted')
  })

  it('finds what is wrong, in its place, under its name', () => {
    const { weaknesses, incomplete } = scan('x.yaml', pod)
    const found = weaknesses.find(({ rule }) => rule.id === 'kubernetes-privileged-container')
    expect(incomplete).toBe(null)
    expect(found).toMatchObject({
      severity: 'high',
      identities: [
        {
          algorithm: 'address1',
          parts: ['Pod/x', 'containers[é].securityContext.privileged'],
        },
      ],
      subject: { kind: 'resource', address: 'Pod/x' },
      rule: { scanType: 'iac', aliases: expect.arrayContaining(['checkov:CKV_K8S_16']) },
    })
    expect(pod.slice(found?.start, found?.end)).toBe('privileged: true')
  })

  it('knows its rules by a digest', () => {
    const fewer = createInfrastructureEngine({ rules: rules.slice(1) })
    expect(fewer.digest).not.toBe(engine.digest)
    expect(createInfrastructureEngine({ rules }).digest).toBe(engine.digest)
    expect(fewer.rules).toHaveLength(rules.length - 1)
    expect(fewer.prepare('x.yaml')).toBe(null)
  })

  it('says so when time runs out', () => {
    expect(scan('Dockerfile', 'FROM a', { expired: () => true })).toEqual({
      weaknesses: [],
      incomplete: 'time ran out before all checks of this file had run',
    })
  })

  const bomb = Array.from({ length: 40 }, (_, level) => {
    const items =
      level === 0
        ? 'x'
        : Array(9)
            .fill(`*a${level - 1}`)
            .join(', ')
    return `a${level}: &a${level} [${items}]`
  })
  const fanned = Array.from({ length: 8 }, (_, level) => {
    return `A${level}: "${`\${{ env.A${level + 1} }}`.repeat(50)}"`
  })
  it.each<[name: string, path: string, text: string]>([
    ['aliases of aliases', 'x.yaml', `${pod}\n${bomb.join('\n')}\nspec: {containers: *a39}`],
    ['deep brackets', 'x.yaml', `${pod}\nx: ${'['.repeat(50_000)}`],
    ['deep JSON', 'x.json', `{"apiVersion":1,"kind":"Pod","containers":${'{"a":['.repeat(20_000)}`],
    ['many documents', 'x.yaml', `${pod}\n---\n`.repeat(300)],
    ['no documents', 'x.yaml', `apiVersion: v1\nkind: Pod\n${'---\n'.repeat(50_000)}`],
    ['tabs', 'x.yaml', pod.replaceAll('  ', '\t')],
    ['an endless instruction', 'Dockerfile', `FROM a\nRUN ${'x \\\n'.repeat(50_000)}`],
    ['endless heredocs', 'Dockerfile', `FROM a\n${'RUN <<A <<B\n'.repeat(2000)}`],
    ['nested shells', 'Dockerfile', `FROM a\nRUN ${`sh -c '$(`.repeat(5000)}`],
    ['pipes', 'Dockerfile', `FROM a\nRUN ${'curl http://x | '.repeat(3000)} sh`],
    ['many stages', 'Dockerfile', 'FROM a AS b\nENV C=$C$C\n'.repeat(1000)],
    ['nested defaults', 'compose.yaml', `services: {a: {image: "${'${A:-'.repeat(20_000)}"}}`],
    ['templates', 'templates/x.yaml', `${pod}\n${'{{ if }}'.repeat(3000)}{{`],
    [
      'deep expressions',
      '.github/workflows/x.yml',
      `on: issues\njobs: {a: {steps: [{run: '\${{ ${'('.repeat(20_000)} }}'}]}}`,
    ],
    [
      'variables of variables',
      '.github/workflows/x.yml',
      `on: issues\nenv: {${fanned.join(', ')}}\njobs: {a: {steps: [{run: '\${{ env.A0 }}'}]}}`,
    ],
  ])('survives %s', (_, path, text) => {
    expect(scan(path, text)).toHaveProperty('weaknesses')
  })

  it('never throws for damaged files', () => {
    let state = 3
    const roll = (sides: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >> 8) % sides
    }
    const proofs = names.filter((name) => name.includes('.test.'))
    for (const name of proofs) {
      const original = Buffer.from(textOf(name))
      const path = name.startsWith('actions') ? `.github/workflows/${name.slice(8)}` : name
      const named = { dockerfile: 'Dockerfile', compose: 'compose.yaml' }[name.split('/')[0] ?? '']
      for (let round = 0; round < 20; round++) {
        const damaged = Buffer.from(original)
        for (let count = 1 + roll(20); count > 0; count--) {
          damaged[roll(damaged.length)] = roll(4) === 0 ? roll(256) : 32 + roll(96)
        }
        const cut = damaged.subarray(roll(damaged.length))
        expect(scan(named ?? path, round % 2 === 0 ? damaged : cut)).toHaveProperty('incomplete')
      }
    }
  })
})
