// Decides whether an offered job is one that this agent must do: signed by its own server, meant
// for it, in time, and not one of before.
import type { KeyObject } from 'node:crypto'
import type { z } from 'zod'
import { Job, type OfferedJobs } from '../trust/connectors/agent-protocol.ts'
import { jobType, readWords } from '../trust/connectors/agent-words.ts'

export type Offer = z.infer<typeof OfferedJobs>['data'][number]

export interface Listener {
  agentId: string
  serverKey: KeyObject
  /** Of the last job that was accepted. */
  sequence: number
}

/** `late`: it was meant, and waited too long behind others; the server offers it again. */
export type Heard = { job: Job } | { refused: string } | { late: string }

export function hear(offer: Offer, listener: Listener, now: Date): Heard {
  const words = readWords(offer.jws, listener.serverKey, jobType)
  if (words === null) {
    return { refused: 'the job is not signed by the server with which this agent enrolled' }
  }
  const read = Job.safeParse(words)
  if (!read.success) {
    const at = read.error.issues[0]?.path.join('.') ?? ''
    return { refused: `the job is of a form that this version does not know (${at}): update it` }
  }
  const job = read.data
  if (job.jobId !== offer.jobId) return { refused: 'the words are those of another job' }
  if (job.agentId !== listener.agentId) return { refused: 'the job is for another agent' }
  if (Date.parse(job.expiresAt) <= now.getTime()) {
    const clock = `here it is ${now.toISOString()}`
    return { late: `its words ended at ${job.expiresAt}, and ${clock}` }
  }
  if (job.sequence <= listener.sequence) {
    return { refused: 'the job is an old one: a newer was accepted already' }
  }
  return { job }
}
