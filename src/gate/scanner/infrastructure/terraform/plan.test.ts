import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { valueAt } from '../mapping.ts'
import { planReader } from './plan.ts'

function read(plan: object) {
  const text = JSON.stringify({ format_version: '1.2', ...plan })
  const source = new SourceText('plan.json', Buffer.from(text))
  return planReader.read(source, { expired: () => false })
}

const bucket = {
  address: 'aws_s3_bucket.logs',
  mode: 'managed',
  type: 'aws_s3_bucket',
  values: { bucket: 'logs', acl: null, logging: [], policy: '{"Statement":[{"Effect":"Allow"}]}' },
}
const block = {
  address: 'module.shut.aws_s3_bucket_public_access_block.logs[0]',
  mode: 'managed',
  type: 'aws_s3_bucket_public_access_block',
  values: { block_public_acls: true },
}

describe('a plan of Terraform', () => {
  const { resources, problem } = read({
    planned_values: {
      root_module: {
        resources: [bucket],
        child_modules: [{ address: 'module.shut', resources: [block] }],
      },
    },
    resource_changes: [
      { address: bucket.address, change: { after_unknown: { arn: true, logging: [] } } },
      { address: block.address, change: { after_unknown: { id: true, bucket: true } } },
    ],
    configuration: {
      root_module: {
        resources: [{ address: bucket.address, expressions: { bucket: {} } }],
        module_calls: {
          shut: {
            module: {
              resources: [
                {
                  address: 'aws_s3_bucket_public_access_block.logs',
                  expressions: { bucket: { references: ['aws_s3_bucket.own.id', 'each.key'] } },
                },
              ],
            },
          },
        },
      },
    },
  })

  it('gives its resources, those of modules included', () => {
    expect(problem).toBe(null)
    expect(resources.map(({ type, address }) => [type, address])).toEqual([
      ['aws_s3_bucket', 'aws_s3_bucket.logs'],
      [
        'aws_s3_bucket_public_access_block',
        'module.shut.aws_s3_bucket_public_access_block.logs[0]',
      ],
    ])
  })

  it('leaves out what was left out, and reads policies', () => {
    const body = resources[0]?.body
    expect([...(body?.entries.keys() ?? [])]).toEqual(['bucket', 'policy'])
    expect(valueAt(body, 'policy', 'Statement')).toMatchObject({ kind: 'list' })
  })

  it('knows what refers to what', () => {
    expect(valueAt(resources[1]?.body, 'bucket')).toMatchObject({
      kind: 'unknown',
      references: ['module.shut.aws_s3_bucket.own', 'module.shut.each.key'],
    })
    expect(valueAt(resources[1]?.body, 'id')).toBe(undefined)
  })

  it('is told from other JSON, and from what is broken', () => {
    const other = new SourceText('x.json', Buffer.from('{"planned_values":1}'))
    expect(planReader.read(other, { expired: () => false })).toEqual({
      resources: [],
      problem: null,
    })
    expect(read({ planned_values: [1, { root_module: 2 }] }).resources).toEqual([])
  })
})
