// /certus/api/blueprints: named sets of controls, held against what the newest evidence shows.
import { z } from 'zod'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { listControls } from '../controls/service.ts'
import { errors } from '../errors.ts'
import { blueprintCatalogue, frameworkCatalogue } from '../frameworks/folder.ts'
import type { Reader } from '../packs/reach.ts'
import { gradesOf } from '../repositories/store.ts'
import { type Blueprint, controlStates, runBlueprint } from '../seal/blueprint.ts'
import { type Grade, grades } from '../seal/grade/score.ts'

const Threshold = z.object({
  passed: z.int().describe('The part of its controls that must pass, in per cent'),
  grade: z.enum(grades).optional().describe('The worst grade that a newest pack may have'),
})

const Shown = z.object({
  id: z.string(),
  title: z.string(),
  about: z.string(),
  threshold: Threshold,
  controls_total: z.int(),
})

const Run = z.object({
  blueprint: z.string(),
  title: z.string(),
  verdict: z.enum(['pass', 'fail']),
  reasons: z.array(z.string()).describe('Why not, the weightiest first'),
  passed: z.int().describe('Of its controls that pass, in per cent, rounded down'),
  threshold: Threshold,
  counts: z.object({ fail: z.int(), partial: z.int(), not_tested: z.int(), pass: z.int() }),
  controls: z.array(
    z.object({
      framework: z.string(),
      control_id: z.string(),
      title: z.string(),
      required: z.boolean(),
      state: z.enum(controlStates),
    }),
  ),
})

const Where = z.strictObject({
  repository: z.string().max(201).optional().describe('owner/name; all unless given'),
})

const shared = { tag: 'Frameworks', permission: 'read:evidence', method: 'GET' } as const

export function blueprintRoutes(platform: Platform): Route[] {
  return [
    route({
      ...shared,
      path: '/api/blueprints',
      operationId: 'listBlueprints',
      summary: 'List the blueprints: named sets of controls with a threshold',
      status: 200,
      reply: z.object({ blueprints: z.array(Shown) }),
      handle: async () => ({
        blueprints: [...blueprintCatalogue().values()].map(({ controls, ...rest }) => {
          return { ...rest, controls_total: controls.length }
        }),
      }),
    }),
    route({
      ...shared,
      path: '/api/blueprints/:blueprint',
      operationId: 'runBlueprint',
      summary: 'Whether the newest evidence holds a blueprint up, and which controls are missing',
      status: 200,
      params: z.object({ blueprint: z.string().max(100) }),
      query: Where,
      reply: Run,
      errors: ['blueprint_not_found', 'evidence_damaged'],
      handle: async ({ caller, params, query }) => {
        const blueprint = blueprintCatalogue().get(params.blueprint)
        if (blueprint === undefined) throw errors.problem('blueprint_not_found')
        const states = await statesOf({ platform, caller }, blueprint, query.repository)
        return runBlueprint(blueprint, frameworkCatalogue(), {
          stateOf: (framework, control) => states.controls.get(`${framework} ${control}`) ?? null,
          grade: states.grade,
        })
      },
    }),
  ]
}

interface Asking {
  platform: Platform
  caller: Reader
}

async function statesOf(
  { platform, caller }: Asking,
  blueprint: Blueprint,
  repository: string | undefined,
) {
  const controls = new Map<string, (typeof controlStates)[number]>()
  const packs = new Set<string>()
  for (const framework of new Set(blueprint.controls.map((one) => one.framework))) {
    const list = await listControls(platform, caller, { framework, repository })
    for (const { control_id, state } of list.controls) {
      controls.set(`${framework} ${control_id}`, state)
    }
    for (const { evidence_pack_id } of list.packs) packs.add(evidence_pack_id)
  }
  return { controls, grade: await worstGrade({ platform, caller }, packs) }
}

/** Of the packs that the states rest on; null where there are none. */
async function worstGrade(
  { platform, caller: { organizationId } }: Asking,
  packs: ReadonlySet<string>,
): Promise<Grade | null> {
  if (packs.size === 0) return null
  const found = await platform.db.inTenant(organizationId, (tx) =>
    gradesOf(tx, organizationId, [...packs]),
  )
  return grades.findLast((grade) => found.includes(grade)) ?? null
}
