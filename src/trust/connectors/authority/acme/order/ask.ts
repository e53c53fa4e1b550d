// Asks for a new order, and never twice: where the answer was lost, the order is looked for first.
import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { sql } from '../../../../../platform/db.ts'
import { type Order as Asked, Refused } from '../../contract.ts'
import { type Account, postAs } from '../account.ts'
import type { AcmeContext } from '../context.ts'
import { AcmeProblem } from '../remote/problem.ts'
import { certificateName } from '../renewal-info.ts'
import type { AcmeAnswer } from '../server.ts'
import { goOn, type Progress, type Step } from './progress.ts'
import { type Identifier, Order, readAs } from './read.ts'

/** Askings that this process is about to make: of no other one it knows how it ended. */
const begun = new LRUCache<string, true>({ max: 10_000 })

const pagesMax = 20
const ordersReadMax = 30

/** Written down before the server is asked. */
export async function beginAsking(
  context: AcmeContext,
  progress: Progress,
  { account, previous, now }: { account: Account; previous: Uint8Array | null; now: number },
): Promise<Step> {
  const { renewalInfo } = await context.server.directory()
  const advised = context.settings.renewalInfo && renewalInfo !== undefined
  const replaces =
    previous !== null && advised && progress.mayReplace ? certificateName(previous) : null
  const asking = randomUUID()
  begun.set(asking, true)
  const next = { ...progress, phase: 'order' as const, asking, replaces, since: now }
  return goOn({ ...next, account: account.account }, 'The account with the authority stands')
}

export async function askForOrder(
  context: AcmeContext,
  progress: Progress,
  { account, asked, now }: { account: Account; asked: Asked; now: number },
): Promise<Step> {
  const identifiers = identifiersOf(asked)
  const isFirst = begun.delete(progress.asking ?? '')
  const lost = isFirst ? null : await findLost(context, account, { identifiers, asked })
  const found = lost ?? (await place(context, progress, { account, identifiers }))
  if (found === 'without replaces') {
    const asking = randomUUID()
    begun.set(asking, true)
    const next = { ...progress, asking, replaces: null, mayReplace: false }
    return goOn(next, 'The authority takes no order that replaces the certificate; one without it')
  }
  const { url, order } = found
  const next = { ...progress, asking: null, order: url, since: now }
  const told = lost === null ? 'The authority has the order' : 'The order of before was found again'
  if (order.status === 'pending') {
    const { authorizations } = order
    return goOn({ ...next, phase: 'authorizations', authorizations }, told)
  }
  return goOn({ ...next, phase: 'finalize' }, `${told}; its names have been proven before`)
}

export function identifiersOf({ names }: Asked): Identifier[] {
  return names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }))
}

interface Found {
  url: string
  order: Order
}

async function place(
  context: AcmeContext,
  { replaces }: Progress,
  { account, identifiers }: { account: Account; identifiers: Identifier[] },
): Promise<Found | 'without replaces'> {
  const { newOrder, meta } = await context.server.directory()
  const { profile } = context.settings
  if (profile !== undefined && !Object.hasOwn(meta?.profiles ?? {}, profile)) {
    const known = Object.keys(meta?.profiles ?? {}).join(', ') || 'none'
    throw new Refused(`it has no profile ${profile} (settings.profile); it has ${known}`)
  }
  const payload = {
    identifiers,
    ...(profile === undefined ? {} : { profile }),
    ...(replaces === null ? {} : { replaces }),
  }
  try {
    const answer = await postAs(context, account, newOrder, payload)
    return { url: locationOf(answer), order: readAs(Order, answer, 'order') }
  } catch (error) {
    if (!(error instanceof AcmeProblem)) throw error
    // Whatever it has against the replacement, a certificate is worth more than the mention of it.
    if (replaces !== null) return 'without replaces'
    throw new Refused(`the authority refused the order: ${error.message}`, null, { cause: error })
  }
}

function locationOf({ headers }: AcmeAnswer): string {
  const { location } = headers
  if (typeof location === 'string' && URL.canParse(location)) return location
  throw new Refused('it made an order without saying where: it does not follow RFC 8555')
}

const AccountObject = z.object({ orders: z.string().max(2_000).optional() })
const OrderList = z.object({ orders: z.array(z.string().max(2_000)).max(10_000) })

/**
 * The open order of these very names that nobody has taken. Where a server keeps no list of orders,
 * as some do not, it is asked for a new one: those give the open order of the same names again.
 */
async function findLost(
  context: AcmeContext,
  account: Account,
  wanted: { identifiers: Identifier[]; asked: Asked },
): Promise<Found | null> {
  const urls = await listed(context, account)
  let left = ordersReadMax
  for (const url of urls.toReversed()) {
    if (left-- === 0) break
    const order = await readOrder(context, account, url)
    if (order === null || !['pending', 'ready'].includes(order.status)) continue
    if (!sameNames(order.identifiers, wanted.identifiers)) continue
    if (!(await isTaken(context, url, wanted.asked))) return { url, order }
  }
  return null
}

async function listed(context: AcmeContext, account: Account): Promise<string[]> {
  const answer = await postAs(context, account, account.account, null)
  let next: string | null = AccountObject.safeParse(answer.json).data?.orders ?? null
  const urls: string[] = []
  for (let page = 0; next !== null && page < pagesMax; page++) {
    const list: AcmeAnswer | null = await unlessRefused(postAs(context, account, next, null))
    urls.push(...(OrderList.safeParse(list?.json).data?.orders ?? []))
    next = list === null ? null : nextPage(list, next)
  }
  return urls
}

function nextPage({ headers }: AcmeAnswer, from: string): string | null {
  const links = [headers.link ?? []].flat().join(',').slice(0, 10_000)
  const target = /<([^>]{1,2000})>\s*;\s*rel="?next"?/.exec(links)?.[1]
  return target === undefined ? null : (URL.parse(target, from)?.href ?? null)
}

async function readOrder(context: AcmeContext, account: Account, url: string) {
  const answer = await unlessRefused(postAs(context, account, url, null))
  return answer === null ? null : (Order.safeParse(answer.json).data ?? null)
}

async function unlessRefused(work: Promise<AcmeAnswer>): Promise<AcmeAnswer | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof AcmeProblem) return null
    throw error
  }
}

function sameNames(a: readonly Identifier[], b: readonly Identifier[]): boolean {
  const names = (all: readonly Identifier[]) =>
    [...new Set(all.map(({ type, value }) => `${type} ${value.toLowerCase()}`))].toSorted()
  return names(a).join('\n') === names(b).join('\n')
}

/** Another certificate of the same names may be on its way. */
async function isTaken(
  { platform, place: { organizationId } }: AcmeContext,
  url: string,
  { id }: Asked,
): Promise<boolean> {
  const own = id.split('/').at(-1) ?? ''
  const row = await platform.db.inTenant(organizationId, (tx) =>
    tx.maybe(sql`select id from renewals where organization_id = ${organizationId}
      and intent -> 'chosen' ->> 'order' = ${url} and id::text <> ${own}
      and finished_at is null limit 1`),
  )
  return row !== null
}
