// An authority that speaks ACME (RFC 8555), as a client that may die between any two questions:
// what it is about to ask stands in the renewal first, and where an answer was lost the server is
// asked how things stand.
import { isIP } from 'node:net'
import type { Answer, AuthorityConnector, Intent, Order, Revocation } from '../contract.ts'
import { Refused, Unreachable } from '../contract.ts'
import { AccountEnded, ensureAccount, postAs } from './account.ts'
import type { AuthorityPlace } from './account-store.ts'
import type { AcmeContext } from './context.ts'
import { askForOrder, beginAsking } from './order/ask.ts'
import { finishOrder } from './order/finish.ts'
import {
  answerChallenges,
  awaitRecords,
  awaitValidation,
  clearAnswer,
  clearAnswers,
  placeAnswers,
  readAuthorizations,
} from './order/names.ts'
import { anew, goOn, Progress, type Step } from './order/progress.ts'
import { AcmeProblem } from './remote/problem.ts'
import { readAdvice } from './renewal-info.ts'
import type { AcmeServers } from './server.ts'
import type { AcmeClientSettings } from './settings.ts'

/** How often an order may begin anew before that is told as a failure. */
const restartsMax = 3

export function createAcmeAuthority(parts: {
  platform: AcmeContext['platform']
  servers: AcmeServers
  authority: { organizationId: string; id: number }
  settings: AcmeClientSettings
}): AuthorityConnector {
  const { platform, servers, authority, settings } = parts
  const { organizationId, id: authorityId } = authority
  const place: AuthorityPlace = { organizationId, authorityId }
  const context: AcmeContext = { platform, place, settings, server: servers(settings) }
  const renew = (order: Order, intent: Intent, previous: Uint8Array | null) =>
    answerOf(context, { order, intent, previous })

  return {
    async prepare(order) {
      requireProvable(order, settings)
      return Progress.parse({ phase: 'account' })
    },
    issue: (order, intent) => renew(order, intent, null),
    renew,
    revoke: (revocation) => revoke(context, revocation),
    test: () => tryOut(context),
    validity: () => null,
    advice: (certificate) => readAdvice(context, certificate),
    clear: (left) => clearAnswer(context, left),
  }
}

async function answerOf(
  context: AcmeContext,
  asked: { order: Order; intent: Intent; previous: Uint8Array | null },
): Promise<Answer> {
  const progress = Progress.parse(asked.intent)
  const step = await stepFrom(context, progress, asked)
  if (step.state === 'issued') return step
  const { progress: intent, retryAfterMs, message } = step
  if (intent.restarts > restartsMax) {
    throw new Refused('the order came to nothing again and again: see the steps of the renewal')
  }
  return { state: 'pending', intent, retryAfterMs, message }
}

async function stepFrom(
  context: AcmeContext,
  progress: Progress,
  asked: { order: Order; previous: Uint8Array | null },
): Promise<Step> {
  try {
    return await nextStep(context, progress, asked)
  } catch (error) {
    const isLost = error instanceof AcmeProblem && [404, 410].includes(error.status)
    if (error instanceof AccountEnded || isLost) {
      // Orders belong to their account, and end with it.
      const told = isLost ? 'The authority has forgotten the order' : error.message
      return goOn(anew(progress), `${told}: begins anew`)
    }
    if (!(error instanceof AcmeProblem)) throw error
    throw new Refused(`the authority refused: ${error.message}`, null, { cause: error })
  }
}

async function nextStep(
  context: AcmeContext,
  progress: Progress,
  { order: asked, previous }: { order: Order; previous: Uint8Array | null },
): Promise<Step> {
  const now = context.platform.now()
  if (progress.phase === 'clear') return clearAnswers(context, progress, { asked, now })
  const account = await ensureAccount(context)
  // An order of another account is none of ours any more.
  if (progress.account !== null && progress.account !== account.account) throw new AccountEnded()
  const work = { account, asked, now }
  switch (progress.phase) {
    case 'account':
      return beginAsking(context, progress, { account, previous, now })
    case 'order':
      return askForOrder(context, progress, work)
    case 'authorizations':
      return readAuthorizations(context, progress, work)
    case 'place':
      return placeAnswers(context, progress, work)
    case 'visible':
      return awaitRecords(context, progress, work)
    case 'answer':
      return answerChallenges(context, progress, work)
    case 'validate':
      return awaitValidation(context, progress, work)
    default:
      return finishOrder(context, progress, work)
  }
}

/** Before anybody is asked: what could never be proven so. */
function requireProvable({ names }: Order, { challenge }: AcmeClientSettings): void {
  for (const name of names) {
    if (/[@/]/.test(name) || name.includes(' ')) {
      throw new Refused(`ACME proves DNS names and addresses only, not ${name}`)
    }
    if (name.startsWith('*.') && challenge !== 'dns-01') {
      throw new Refused(`${name} is proven by dns-01 only; the authority is set to ${challenge}`)
    }
    if (isIP(name) !== 0 && challenge === 'dns-01') {
      throw new Refused(`${name} is an address, which dns-01 does not prove`)
    }
  }
}

async function revoke(context: AcmeContext, { certificate, reason }: Revocation): Promise<void> {
  const { revokeCert } = await context.server.directory()
  const sent = { certificate: Buffer.from(certificate).toString('base64url') }
  const payload = reason === 0 ? sent : { ...sent, reason }
  try {
    await postAs(context, await ensureAccount(context), revokeCert, payload)
  } catch (error) {
    if (error instanceof AccountEnded) {
      // The next attempt asks as the new account, which the authority may refuse.
      throw new Unreachable('the account with the authority has ended; a new one is made')
    }
    if (!(error instanceof AcmeProblem)) throw error
    if (error.kind === 'alreadyRevoked') return
    throw new Refused(`the authority refused to revoke it: ${error.message}`, null, {
      cause: error,
    })
  }
}

async function tryOut(context: AcmeContext) {
  const { directoryUrl } = context.settings
  const { meta } = await context.server.directory()
  try {
    const account = await ensureAccount(context)
    await postAs(context, account, account.account, null)
    const { profile } = context.settings
    if (profile !== undefined && !Object.hasOwn(meta?.profiles ?? {}, profile)) {
      return { ok: false, message: `${directoryUrl} has no profile ${profile}` }
    }
    return { ok: true, message: `${directoryUrl} answers, and the account stands` }
  } catch (error) {
    if (error instanceof AccountEnded) {
      return { ok: false, message: 'the account had ended; the next attempt makes a new one' }
    }
    if (error instanceof AcmeProblem) return { ok: false, message: error.message }
    throw error
  }
}
