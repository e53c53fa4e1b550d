// One catalogue, four voices: renders a Problem in the form that each surface's reference fixes.
import type { Problem } from '../errors.ts'
import type { Mount } from '../permissions.ts'

type Renderer = (problem: Problem, requestId: string) => object

/** The message says what happened and what to do; details name the fields. */
const envelope: Renderer = (problem) => ({
  error: { code: problem.code, message: sentence(problem), details: problem.details },
})

const renderers: Record<Mount, Renderer> = {
  gate: envelope,
  certus: envelope,
  trust: (problem) => ({
    error: {
      code: problem.code.toUpperCase(),
      message: sentence(problem),
      details: problem.details,
    },
  }),
  identity: withRequestId,
  console: withRequestId,
}

export function renderProblem(mount: Mount, problem: Problem, requestId: string): object {
  return renderers[mount](problem, requestId)
}

function withRequestId(problem: Problem, requestId: string): object {
  return {
    error: {
      code: problem.code,
      message: sentence(problem),
      details: problem.details,
      request_id: requestId,
    },
  }
}

function sentence(problem: Problem): string {
  return `${problem.message}. ${problem.fix}.`
}
