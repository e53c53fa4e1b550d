// Proves the names of an order: reads what is asked for, puts the answers where they are looked
// for, says so, and clears them away when the server has looked.
import { createHash, randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { type Order as Asked, Refused } from '../../contract.ts'
import { type Account, postAs } from '../account.ts'
import { type AnswerRow, answersOf, insertAnswers, removeAnswer } from '../answer-store.ts'
import type { AcmeContext } from '../context.ts'
import { dnsProvider } from '../dns/index.ts'
import { challengeName } from '../dns/lookup.ts'
import { unseen } from '../dns/propagation.ts'
import { AcmeProblem, readProblem, wordsOf } from '../remote/problem.ts'
import { anew, type Challenge, goOn, type Progress, type Step, wait } from './progress.ts'
import { type Authorization, Authorization as AuthorizationShape, Order, readAs } from './read.ts'

/** What is done between two writings of the progress: few enough to end within its lease. */
const batch = { read: 10, placed: 3, answered: 10, cleared: 20 }
const pollMs = { min: 1_000, max: 60_000, visible: 3_000 }
const validationMsMax = 3_600_000
/** Of this process. */
const life = randomUUID()

export interface Work {
  account: Account
  asked: Asked
  now: number
}

export async function readAuthorizations(
  context: AcmeContext,
  progress: Progress,
  { account, asked, now }: Work,
): Promise<Step> {
  const { challenge: kind } = context.settings
  const found: Challenge[] = []
  for (const url of progress.authorizations.slice(0, batch.read)) {
    const answer = await postAs(context, account, url, null)
    const read = readAs(AuthorizationShape, answer, 'authorization')
    if (read.status !== 'pending') continue
    requireAskedFor(read, asked)
    found.push(chosen(read, url, kind))
  }
  const authorizations = progress.authorizations.slice(batch.read)
  const challenges = [...progress.challenges, ...found]
  const next = { ...progress, authorizations, challenges, since: now }
  if (authorizations.length > 0) return goOn(next, 'The authority tells what is to be proven')
  const told = `To be proven by ${kind}: ${challenges.length} of the names`
  return goOn({ ...next, phase: challenges.length === 0 ? 'validate' : 'place' }, told)
}

/** Whoever lets a server choose the names proves to it, or to somebody behind it, what it likes. */
function requireAskedFor({ identifier }: Authorization, { names }: Asked): void {
  const wanted = names.map((name) => comparable(name.replace(/^\*\./, '')))
  if (wanted.includes(comparable(identifier.value))) return
  throw new Refused(`it wants to have ${identifier.value} proven, which is no name of the order`)
}

/** An address of version 6 has many forms. */
function comparable(name: string): string {
  return isIP(name) === 6 ? new URL(`http://[${name}]/`).hostname : name.toLowerCase()
}

function chosen(read: Authorization, url: string, kind: string): Challenge {
  const { identifier, challenges, wildcard = false } = read
  const found = challenges.find((each) => each.type === kind)
  if (found === undefined || !/^[\w-]{1,500}$/.test(found.token ?? '')) {
    const offered = [...new Set(challenges.map(({ type }) => type))].join(', ')
    const name = `${wildcard ? '*.' : ''}${identifier.value}`
    throw new Refused(`it does not offer ${kind} for ${name} (settings.challenge), but ${offered}`)
  }
  const token = found.token ?? ''
  const isAnswered = found.status !== undefined && found.status !== 'pending'
  const about = {
    authorization: url,
    url: found.url,
    identifier: identifier.value,
    wildcard,
    token,
  }
  return { ...about, isPlaced: false, isAnswered }
}

export async function placeAnswers(
  context: AcmeContext,
  progress: Progress,
  { account, asked, now }: Work,
): Promise<Step> {
  const { platform, place, settings } = context
  const rows = progress.challenges.map((each) => answerTo(each, { context, account, asked }))
  // All of them first: what a crash leaves behind is known then.
  await platform.db.inTenant(place.organizationId, (tx) => insertAnswers(tx, place, rows))
  if (settings.challenge !== 'dns-01') {
    const challenges = progress.challenges.map((each) => ({ ...each, isPlaced: true }))
    const next = { ...progress, challenges, phase: 'answer' as const, answeredBy: life, since: now }
    return goOn(next, 'The answers are where the authority will look')
  }
  const open = progress.challenges.filter(({ isPlaced }) => !isPlaced).slice(0, batch.placed)
  for (const each of open) await putRecord(context, answerTo(each, { context, account, asked }))
  const challenges = marked(progress.challenges, open, { isPlaced: true })
  const next = { ...progress, challenges, since: now }
  const told = `Records put in DNS: ${challenges.filter(({ isPlaced }) => isPlaced).length}`
  if (challenges.some(({ isPlaced }) => !isPlaced)) return goOn(next, told)
  return goOn({ ...next, phase: 'visible' }, told)
}

function answerTo(
  { identifier, token }: Challenge,
  { context, account, asked }: { context: AcmeContext; account: Account; asked: Asked },
): AnswerRow {
  const keyAuthorization = `${token}.${account.key.thumbprint}`
  const kind = context.settings.challenge
  return { orderId: asked.id, token, kind, identifier, keyAuthorization }
}

function recordValue({ keyAuthorization }: AnswerRow): string {
  return createHash('sha256').update(keyAuthorization).digest('base64url')
}

async function putRecord(context: AcmeContext, row: AnswerRow): Promise<void> {
  const name = await challengeName(context, row.identifier)
  await dnsProvider(context.settings.dns, context.platform).put({ name, value: recordValue(row) })
}

/** Until every server of the zone has them, for as long as the settings say. */
export async function awaitRecords(
  context: AcmeContext,
  progress: Progress,
  { account, asked, now }: Work,
): Promise<Step> {
  const missing = await unseen(
    context,
    progress.challenges.map((each) => ({
      identifier: each.identifier,
      value: recordValue(answerTo(each, { context, account, asked })),
    })),
  )
  if (missing === null) {
    return goOn({ ...progress, phase: 'answer', since: now }, 'The records are seen in DNS')
  }
  if (now - progress.since <= context.settings.propagationSeconds * 1_000) {
    return wait(progress, pollMs.visible, `Waits until DNS has the records: ${missing}`)
  }
  const seconds = context.settings.propagationSeconds
  const failure = `after ${seconds} s (settings.propagationSeconds) ${missing}`
  return goOn({ ...progress, phase: 'clear', failure }, 'The records are not seen in DNS')
}

export async function answerChallenges(
  context: AcmeContext,
  progress: Progress,
  { account, now }: Work,
): Promise<Step> {
  const open = progress.challenges.filter(({ isAnswered }) => !isAnswered).slice(0, batch.answered)
  for (const each of open) await tellReady(context, account, each)
  const challenges = marked(progress.challenges, open, { isAnswered: true })
  const next = { ...progress, challenges, since: now }
  if (challenges.some(({ isAnswered }) => !isAnswered)) return goOn(next, 'Names are being proven')
  return goOn({ ...next, phase: 'validate' }, 'The authority was told to look')
}

async function tellReady(context: AcmeContext, account: Account, each: Challenge): Promise<void> {
  try {
    await postAs(context, account, each.url, {})
  } catch (error) {
    if (!(error instanceof AcmeProblem)) throw error
    // Told before, by whoever did not live to write it down?
    const answer = await postAs(context, account, each.authorization, null)
    const { status, challenges } = readAs(AuthorizationShape, answer, 'authorization')
    const own = challenges.find(({ url }) => url === each.url)
    if (status !== 'pending' || (own?.status ?? 'pending') !== 'pending') return
    throw new Refused(`the authority refused a challenge: ${error.message}`, null, { cause: error })
  }
}

export async function awaitValidation(
  context: AcmeContext,
  progress: Progress,
  { account, now }: Work,
): Promise<Step> {
  const answer = await postAs(context, account, progress.order ?? '', null)
  const order = readAs(Order, answer, 'order')
  if (order.status === 'pending') {
    const failure = await failureOf(context, account, progress)
    if (failure !== null) return goOn({ ...progress, phase: 'clear', failure }, failure)
    if (now - progress.since > validationMsMax) {
      const late = 'the authority did not finish looking within an hour'
      return goOn({ ...progress, phase: 'clear', failure: late }, late)
    }
    const delayMs = polling(answer.retryAfterMs, now - progress.since)
    return wait(progress, delayMs, 'The authority proves the names')
  }
  if (order.status === 'invalid') {
    const why = (await failureOf(context, account, progress)) ?? wordsOf(readProblem(order.error))
    return goOn({ ...progress, phase: 'clear', failure: why }, why)
  }
  return goOn({ ...progress, phase: 'clear' }, 'The names are proven')
}

/** A tenth of what was waited so far, where the authority does not say. */
export function polling(retryAfterMs: number, waitedMs: number): number {
  return Math.min(Math.max(retryAfterMs, pollMs.min, waitedMs / 10), pollMs.max)
}

/** Of every name that was not proven, why. */
async function failureOf(
  context: AcmeContext,
  account: Account,
  { challenges }: Progress,
): Promise<string | null> {
  const failures: string[] = []
  for (const { authorization, identifier, wildcard } of challenges.slice(0, batch.read)) {
    const answer = await postAs(context, account, authorization, null)
    const read = readAs(AuthorizationShape, answer, 'authorization')
    if (['pending', 'valid'].includes(read.status)) continue
    const error = read.challenges.find((each) => each.error !== undefined)?.error
    const why = error === undefined ? `is ${read.status}` : wordsOf(readProblem(error))
    failures.push(`${wildcard ? '*.' : ''}${identifier}: ${why}`)
  }
  return failures.length === 0 ? null : `the authority did not believe ${failures.join('; ')}`
}

/** What cannot be removed now stays in its row, and a sweep removes it. */
export async function clearAnswers(
  context: AcmeContext,
  progress: Progress,
  { asked, now }: Pick<Work, 'asked' | 'now'>,
): Promise<Step> {
  const { platform, place } = context
  const rows = await platform.db.inTenant(place.organizationId, (tx) =>
    answersOf(tx, place, asked.id),
  )
  for (const row of rows.slice(0, batch.cleared)) {
    try {
      await clearAnswer(context, row)
    } catch (error) {
      const about = { authority: place.authorityId, identifier: row.identifier }
      platform.log.warn({ err: error, ...about }, 'a DNS record could not be removed yet')
      break
    }
  }
  if (progress.failure !== null) {
    const { failure, answeredBy } = progress
    if (answeredBy === null || answeredBy === life) throw new Refused(failure)
    // It may have looked while nobody was there to answer.
    return goOn(anew(progress), 'The server ended while the authority looked: begins anew')
  }
  return goOn({ ...progress, phase: 'finalize', since: now }, 'What proved the names is removed')
}

export async function clearAnswer(context: AcmeContext, row: AnswerRow): Promise<void> {
  const { platform, place } = context
  if (row.kind === 'dns-01' && context.settings.dns !== undefined) {
    const name = await challengeName(context, row.identifier)
    await dnsProvider(context.settings.dns, context.platform).remove({
      name,
      value: recordValue(row),
    })
  }
  await platform.db.inTenant(place.organizationId, (tx) => removeAnswer(tx, place, row))
}

function marked(
  all: readonly Challenge[],
  done: readonly Challenge[],
  mark: Partial<Challenge>,
): Challenge[] {
  return all.map((each) => (done.includes(each) ? { ...each, ...mark } : each))
}
