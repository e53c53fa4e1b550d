// Servers that answer what no good server answers: nothing goes round and round, and nothing is
// proven that was not asked for.
import { describe, expect, it } from 'vitest'
import { requestFor } from '../../../../certificates/request.ts'
import { newHierarchy, newKey, newLeaf, pemOf } from '../../../../x509/authority.fixture.ts'
import { exportPublicKey } from '../../../../x509/signer.ts'
import { type Order as Asked, Refused, Unreachable } from '../../contract.ts'
import type { Account } from '../account.ts'
import type { AcmeContext } from '../context.ts'
import { finishOrder } from './finish.ts'
import { readAuthorizations } from './names.ts'
import { Progress } from './progress.ts'

const url = 'https://acme.example/1'
const hour = 3_600_000
const account = { account: url } as Account

function context(answers: (asked: string, payload: unknown) => unknown): AcmeContext {
  const post = async (asked: string, payload: unknown) => {
    const answer = answers(asked, payload)
    const text = typeof answer === 'string' ? answer : ''
    return { status: 200, headers: {}, json: answer, text, retryAfterMs: 0 }
  }
  return { server: { post }, settings: { challenge: 'http-01' } } as unknown as AcmeContext
}

async function asked(names: string[]): Promise<{ order: Asked; key: ReturnType<typeof newKey> }> {
  const key = newKey('P-256')
  const csr = await requestFor({ commonName: names[0] ?? '', all: names }, key)
  return { order: { names, csr } as unknown as Asked, key }
}

const order = (status: string, more: object = {}) => ({
  status,
  identifiers: [],
  authorizations: [],
  finalize: `${url}/finalize`,
  ...more,
})

describe('an ACME server', () => {
  it.each([
    ['victim.example', 'dns', ['a.example'], false],
    ['a.example.', 'dns', ['a.example'], false],
    ['A.example', 'dns', ['*.a.example'], true],
    ['2001:DB8:0::1', 'ip', ['2001:db8::1'], true],
  ])('that wants to have %s (%s) proven for %j: %s', async (value, type, names, isTaken) => {
    const challenge = { type: 'http-01', url, token: 'x'.repeat(20) }
    const answer = { status: 'pending', identifier: { type, value }, challenges: [challenge] }
    const progress = Progress.parse({ phase: 'authorizations', authorizations: [url] })
    const work = { account, asked: (await asked(names)).order, now: 0 }
    const step = readAuthorizations(
      context(() => answer),
      progress,
      work,
    )
    if (isTaken) expect(await step).toMatchObject({ progress: { phase: 'place' } })
    else await expect(step).rejects.toThrow(Refused)
  })

  it('that says valid and ready in turn is not asked without end', async () => {
    const finish = finishOrder(
      context((_, payload) => order(payload === null ? 'ready' : 'valid')),
      Progress.parse({ phase: 'finalize', order: url }),
      { account, asked: (await asked(['a.example'])).order, now: 0 },
    )
    await expect(finish).rejects.toThrow(Unreachable)
  })

  it('that is at work for an hour counts as one that does not answer', async () => {
    const progress = Progress.parse({ phase: 'finalize', order: url, since: 0 })
    const finish = async (now: number) =>
      finishOrder(
        context(() => order('processing')),
        progress,
        { account, asked: (await asked(['a.example'])).order, now },
      )
    expect(await finish(0)).toMatchObject({ retryAfterMs: 1_000 })
    expect(await finish(hour / 6)).toMatchObject({ retryAfterMs: 60_000 })
    await expect(finish(hour + 1)).rejects.toThrow(Unreachable)
  })

  it('that sends a chain which cannot be read is refused', async () => {
    const { order: wanted, key } = await asked(['a.example'])
    const { intermediate } = await newHierarchy()
    const own = { publicKeyInfo: exportPublicKey(key) }
    const leaf = await newLeaf(intermediate, ['a.example'], own)
    const junk = `-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n`
    const chain = `${pemOf(leaf)}${junk}`
    const finish = finishOrder(
      context((at) =>
        at.endsWith('cert') ? chain : order('valid', { certificate: `${url}/cert` }),
      ),
      Progress.parse({ phase: 'finalize', order: url }),
      { account, asked: wanted, now: 0 },
    )
    await expect(finish).rejects.toThrow(Refused)
  })
})
