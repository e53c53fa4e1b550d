// Our account with an ACME server: made where there is none, and made anew where it has ended.
import { uuid7 } from '../../../../platform/ids.ts'
import { Refused } from '../contract.ts'
import {
  type AccountRow,
  endAccount,
  findAccount,
  insertAccount,
  setAccountUrl,
} from './account-store.ts'
import type { AcmeContext } from './context.ts'
import { accountBinding, makeAccountKey, readAccountKey } from './remote/jws.ts'
import { AcmeProblem } from './remote/problem.ts'
import type { AcmeAnswer, Signer } from './server.ts'

export interface Account extends Signer {
  id: string
  account: string
}

/** The server does not know the account any more, or it was closed. */
export class AccountEnded extends Error {
  constructor() {
    super('the account with the authority has ended')
    this.name = 'AccountEnded'
  }
}

/** Asks the server only where it has not answered yet: the same key finds the same account. */
export async function ensureAccount(context: AcmeContext): Promise<Account> {
  const row = await ownRow(context)
  const { platform, place, settings, server } = context
  const sealed = platform.secrets.open(row.sealedKey, keyPlace(context, row.id))
  const key = readAccountKey(sealed)
  if (row.url !== null) return { id: row.id, key, account: row.url }
  const { newAccount, meta } = await server.directory()
  const { externalAccountBinding: binding, contactEmail } = settings
  if (meta?.externalAccountRequired === true && binding === undefined) {
    const message = 'it only takes accounts that it knows: set settings.externalAccountBinding'
    throw new Refused(message)
  }
  const payload = {
    termsOfServiceAgreed: true,
    ...(contactEmail === undefined ? {} : { contact: [`mailto:${contactEmail}`] }),
    ...(binding === undefined
      ? {}
      : { externalAccountBinding: accountBinding(binding, newAccount, key) }),
  }
  const answer = await refusedInWords('account', () =>
    server.post(newAccount, payload, { key, account: null }),
  )
  const url = answer.headers.location
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new Refused('it made an account without saying where: it does not follow RFC 8555')
  }
  if (statusOf(answer) !== 'valid') {
    await end(context, row.id)
    throw new AccountEnded()
  }
  await platform.db.inTenant(place.organizationId, (tx) =>
    setAccountUrl(tx, place, { id: row.id, url }),
  )
  return { id: row.id, key, account: url }
}

/**
 * Sends as the account. Where the server refuses that, it is asked whether the account still
 * stands; throws AccountEnded after one that does not was put away.
 */
export async function postAs(
  context: AcmeContext,
  account: Account,
  url: string,
  payload: object | null,
): Promise<AcmeAnswer> {
  try {
    return await context.server.post(url, payload, account)
  } catch (error) {
    if (!(error instanceof AcmeProblem) || !accountFaults.includes(error.kind)) throw error
    if (await stands(context, account)) throw error
    await end(context, account.id)
    throw new AccountEnded()
  }
}

const accountFaults = ['accountDoesNotExist', 'unauthorized']

async function stands({ server }: AcmeContext, account: Account): Promise<boolean> {
  const { newAccount } = await server.directory()
  try {
    const payload = { onlyReturnExisting: true }
    const answer = await server.post(newAccount, payload, { key: account.key, account: null })
    return statusOf(answer) === 'valid' && answer.headers.location === account.account
  } catch (error) {
    if (error instanceof AcmeProblem && accountFaults.includes(error.kind)) return false
    throw error
  }
}

function statusOf({ json }: AcmeAnswer): unknown {
  return typeof json === 'object' && json !== null && 'status' in json ? json.status : undefined
}

async function ownRow(context: AcmeContext): Promise<AccountRow> {
  const { platform, place, settings } = context
  const { organizationId } = place
  const { directoryUrl } = settings
  const find = () =>
    platform.db.inTenant(organizationId, (tx) => findAccount(tx, place, directoryUrl))
  const found = await find()
  if (found !== null) return found
  const id = uuid7()
  const key = await makeAccountKey(settings.accountKeyType)
  const sealedKey = platform.secrets.seal(key, keyPlace(context, id))
  await platform.db.inTenant(organizationId, (tx) =>
    insertAccount(tx, place, { id, directoryUrl, sealedKey }),
  )
  const made = await find()
  if (made === null) throw new Error('the account that was made is gone')
  return made
}

async function end({ platform, place }: AcmeContext, id: string): Promise<void> {
  await platform.db.inTenant(place.organizationId, (tx) => endAccount(tx, place, id))
}

function keyPlace({ place }: AcmeContext, id: string): string {
  return `organization/${place.organizationId}/acme-client-account/${id}`
}

/** What the server refuses is final, and said to be about this. */
export async function refusedInWords<Result>(
  about: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AcmeProblem)) throw error
    throw new Refused(`the authority refused the ${about}: ${error.message}`, null, {
      cause: error,
    })
  }
}
