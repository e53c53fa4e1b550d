import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { common } from '../errors.ts'
import { openapi } from './openapi.ts'
import { route } from './route.ts'

const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree)
  },
})

describe('openapi', () => {
  it('lifts what recursive schemas refer to, once for the same schema', () => {
    const made = ['a', 'b'].map((name) =>
      route({
        method: 'POST',
        path: `/${name}`,
        operationId: name,
        summary: name,
        tag: 'Trees',
        permission: 'public',
        body: Tree.meta({ example: { name: 'root', children: [] } }),
        reply: z.object({ data: z.json() }),
        status: 200,
        handle: async () => ({ data: null }),
      }),
    )
    const document = openapi(made, {
      mount: 'identity',
      version: '1',
      publicUrl: 'https://example.com',
      errors: common.entries,
    }) as { components: { schemas: Record<string, object> } }
    const text = JSON.stringify(document)
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]*)"/g)]
    expect(references.length).toBeGreaterThan(3)
    for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name)
    expect(text).not.toContain('$defs')
    expect(text.match(/"example":\{"name":"root"/g)?.length).toBeGreaterThanOrEqual(2)
    expect(Object.keys(document.components.schemas).length).toBeLessThan(5)
  })
})
