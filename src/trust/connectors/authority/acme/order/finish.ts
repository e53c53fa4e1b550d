// The end of an order: the request is handed in once, and the certificate fetched.

import { parseCertificate } from '../../../../x509/certificate.ts'
import { parseRequest } from '../../../../x509/csr.ts'
import { X509Error } from '../../../../x509/error.ts'
import { commonName } from '../../../../x509/name.ts'
import { parsePem, pemLabels } from '../../../../x509/pem.ts'
import { type Order as Asked, Refused, Unreachable } from '../../contract.ts'
import { type Account, postAs } from '../account.ts'
import type { AcmeContext } from '../context.ts'
import { AcmeProblem, readProblem, wordsOf } from '../remote/problem.ts'
import type { AcmeAnswer } from '../server.ts'
import { polling, type Work } from './names.ts'
import { goOn, type Progress, type Step, wait } from './progress.ts'
import { Order, readAs } from './read.ts'

const alternatesMax = 10
const certificatesMax = 20
const finishMsMax = 3_600_000

/** Where the order stands decides, so that a repeat never hands in what has been handed in. */
export async function finishOrder(
  context: AcmeContext,
  progress: Progress,
  { account, asked, now }: Work,
): Promise<Step> {
  const url = progress.order ?? ''
  const answer = await postAs(context, account, url, null)
  const order = readAs(Order, answer, 'order')
  switch (order.status) {
    case 'pending': {
      // What was proven before has lapsed meanwhile.
      const { authorizations } = order
      const restarts = progress.restarts + 1
      const fresh = { ...progress, authorizations, challenges: [], restarts, since: now }
      return goOn({ ...fresh, phase: 'authorizations' }, 'The names are to be proven again')
    }
    case 'ready':
      return handIn(context, progress, { account, asked, now, order })
    case 'processing': {
      const told = 'The authority makes the certificate'
      return awaitEnd(progress, { now, retryAfterMs: answer.retryAfterMs, told })
    }
    case 'valid':
      return fetchCertificate(context, progress, { account, asked, now, order })
    default: {
      const why = wordsOf(readProblem(order.error))
      throw new Refused(`the authority gave the order up: ${why}`)
    }
  }
}

type Finishing = Work & { order: Order }

async function handIn(
  context: AcmeContext,
  progress: Progress,
  { account, asked, now, order }: Finishing,
): Promise<Step> {
  const csr = Buffer.from(asked.csr).toString('base64url')
  try {
    const answer = await postAs(context, account, order.finalize, { csr })
    const told = 'The authority has the request'
    const handed = readAs(Order, answer, 'order')
    return handed.status === 'valid'
      ? await fetchCertificate(context, progress, { account, asked, now, order: handed })
      : awaitEnd(progress, { now, retryAfterMs: answer.retryAfterMs, told })
  } catch (error) {
    if (!(error instanceof AcmeProblem)) throw error
    // Handed in before, by whoever did not live to write it down.
    if (error.kind === 'orderNotReady') {
      return awaitEnd(progress, { now, retryAfterMs: 0, told: 'The order is at work' })
    }
    throw new Refused(`the authority refused the request: ${error.message}`, null, {
      cause: error,
    })
  }
}

/** Ever more seldom; after an hour as one that does not answer: a fallback may take over. */
function awaitEnd(
  progress: Progress,
  { now, retryAfterMs, told }: { now: number; retryAfterMs: number; told: string },
): Step {
  const waitedMs = now - progress.since
  if (waitedMs > finishMsMax) {
    throw new Unreachable('the authority has not finished the order within an hour')
  }
  return wait(progress, polling(retryAfterMs, waitedMs), told)
}

async function fetchCertificate(
  context: AcmeContext,
  progress: Progress,
  { account, asked, order }: Finishing,
): Promise<Step> {
  if (order.certificate === undefined) {
    throw new Unreachable('the authority has finished the order without a certificate')
  }
  const answer = await postAs(context, account, order.certificate, null)
  const own = chainIn(answer)
  const [leaf = Buffer.of()] = own
  if (!isFor(leaf, asked)) {
    // The order was finished with the request of another certificate of the same names.
    const restarts = progress.restarts + 1
    const anew = { ...progress, restarts, phase: 'account' as const, order: null, challenges: [] }
    return goOn(anew, 'The order was another certificate’s; a new one is made')
  }
  const [certificate = leaf, ...chain] = await preferred(context, account, { answer, own, order })
  return { state: 'issued', certificate, chain: withoutRoot(chain) }
}

/** DER, the leaf first. */
function chainIn({ text }: AcmeAnswer): Uint8Array[] {
  try {
    const blocks = parsePem(text).filter(({ label }) => label === pemLabels.certificate)
    if (blocks.length > 0 && blocks.length <= certificatesMax)
      return blocks.map((each) => each.bytes)
  } catch (error) {
    if (!(error instanceof X509Error)) throw error
  }
  throw new Unreachable('the authority answered no chain of certificates in PEM')
}

function isFor(leaf: Uint8Array, { csr }: Asked): boolean {
  const wanted = parseRequest(csr).publicKey.der
  try {
    return Buffer.from(wanted).equals(parseCertificate(leaf).publicKey.der)
  } catch (error) {
    if (error instanceof X509Error) throw new Refused(`its certificate: ${error.message}`)
    throw error
  }
}

/** The one that leads to the root that the settings name; the usual one where none does. */
async function preferred(
  context: AcmeContext,
  account: Account,
  found: { answer: AcmeAnswer; own: Uint8Array[]; order: Order },
): Promise<Uint8Array[]> {
  const { preferredChain } = context.settings
  if (preferredChain === undefined || leadsTo(found.own, preferredChain)) return found.own
  for (const url of alternatesOf(found.answer, found.order.certificate ?? '')) {
    try {
      const chain = chainIn(await postAs(context, account, url, null))
      if (leadsTo(chain, preferredChain)) return chain
    } catch (error) {
      // The certificate is there; another chain is a wish.
      if (!(error instanceof AcmeProblem || error instanceof Unreachable)) throw error
    }
  }
  const { authorityId } = context.place
  const about = { authority: authorityId, preferred: preferredChain }
  context.platform.log.warn(about, 'the authority offers no chain to the preferred root')
  return found.own
}

function alternatesOf({ headers }: AcmeAnswer, from: string): string[] {
  const links = [headers.link ?? []].flat().join(',').slice(0, 20_000)
  const all = [...links.matchAll(/<([^>]{1,2000})>\s*;\s*rel="?alternate"?/g)]
  return all.slice(0, alternatesMax).flatMap(([, target = '']) => {
    const url = URL.parse(target, from)
    return url === null ? [] : [url.href]
  })
}

/** The root itself is mostly left out: then the last names it as its issuer. */
function leadsTo(chain: readonly Uint8Array[], root: string): boolean {
  const last = chain.at(-1)
  try {
    return last !== undefined && commonName(parseCertificate(last).issuer) === root
  } catch (error) {
    if (error instanceof X509Error) return false
    throw error
  }
}

function withoutRoot(chain: readonly Uint8Array[]): readonly Uint8Array[] {
  try {
    return chain.filter((der) => {
      const { issuer, subject } = parseCertificate(der)
      return !Buffer.from(issuer.der).equals(subject.der)
    })
  } catch (error) {
    if (error instanceof X509Error) throw new Refused(`its chain: ${error.message}`)
    throw error
  }
}
