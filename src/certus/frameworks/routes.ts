// /certus/api/frameworks
import { z } from 'zod'
import { type Route, route } from '../../platform/http/route.ts'
import { errors } from '../errors.ts'
import { confidences, type Framework } from '../seal/controls/framework.ts'
import { frameworkCatalogue } from './folder.ts'

const Shown = z.object({
  id: z.string(),
  title: z.string(),
  version: z.string(),
  publisher: z.string(),
  terms: z.string(),
  controls_total: z.int(),
})

const Whole = Shown.extend({
  controls: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      parts: z.int().optional().describe('Requirements of its own, numbered below its id'),
      proven_by: z
        .array(
          z.object({
            proof: z.string(),
            title: z.string(),
            confidence: z.enum(confidences),
          }),
        )
        .describe('What shows that it holds or not; empty where nothing here does'),
    }),
  ),
})

const shared = { tag: 'Frameworks', permission: 'read:evidence', method: 'GET' } as const

export function frameworkRoutes(): Route[] {
  return [
    route({
      ...shared,
      path: '/api/frameworks',
      operationId: 'listFrameworks',
      summary: 'List the frameworks that control results may name',
      status: 200,
      reply: z.object({ frameworks: z.array(Shown) }),
      handle: async () => ({
        frameworks: [...frameworkCatalogue().frameworks.values()].map(shown),
      }),
    }),
    route({
      ...shared,
      path: '/api/frameworks/:framework',
      operationId: 'getFramework',
      summary: 'Read a framework with its controls and what shows that they hold',
      status: 200,
      params: z.object({ framework: z.string().max(100) }),
      reply: Whole,
      errors: ['framework_not_found'],
      handle: async ({ params }) => {
        const { frameworks, proofs } = frameworkCatalogue()
        const found = frameworks.get(params.framework)
        if (found === undefined) throw errors.problem('framework_not_found')
        const controls = found.controls.map(({ id, title, parts, proven_by }) => ({
          id,
          title,
          ...(parts === undefined ? {} : { parts }),
          proven_by: Object.entries(proven_by).map(([proof, confidence]) => {
            return { proof, title: proofs.get(proof)?.title ?? proof, confidence }
          }),
        }))
        return { ...shown(found), controls }
      },
    }),
  ]
}

function shown({ controls, ...framework }: Framework) {
  return { ...framework, controls_total: controls.length }
}
