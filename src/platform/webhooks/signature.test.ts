import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { signedHeaders, webhookRejection } from './signature.ts'
import { newKeyPair, newSecret, parseSigningKey, parseVerifyingKey } from './signing-key.ts'

const body = '{"event":"scan.completed","data":{"name":"größer"}}'
const now = Date.now()
const timestamp = Math.floor(now / 1000)
const message = { id: 'msg_1a2b3c4d5e6f', timestamp, body }

/** Checks with the library of the Standard Webhooks project, which knows nothing of ours. */
function libraryAccepts(secret: string, headers: Record<string, string>, payload = body): boolean {
  try {
    new Webhook(secret).verify(payload, headers)
    return true
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false
    throw error
  }
}

const received = (headers: Record<string, string>, payload: string | Uint8Array = body) => ({
  id: headers['webhook-id'] ?? null,
  timestamp: headers['webhook-timestamp'] ?? null,
  signature: headers['webhook-signature'] ?? null,
  body: payload,
})

describe('v1', () => {
  it('gives the signature that the library publishes for its example', () => {
    const secret = ['whsec_', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join('')
    const example = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1614265330,
      body: '{"test": 2432232314}',
    }
    expect(signedHeaders(example, [parseSigningKey(secret)])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('signs as the library does', () => {
    const secret = newSecret()
    const headers = signedHeaders(message, [parseSigningKey(secret)])
    const theirs = new Webhook(secret).sign(message.id, new Date(timestamp * 1000), body)
    expect(headers['webhook-signature']).toBe(theirs)
    expect(libraryAccepts(secret, headers)).toBe(true)
    expect(webhookRejection(received(headers), [parseVerifyingKey(secret)], { now })).toBe(null)
  })

  it('is accepted with the old and the new secret while it rotates', () => {
    const [old, fresh, other] = [newSecret(), newSecret(), newSecret()]
    const headers = signedHeaders(message, [fresh, old].map(parseSigningKey))
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2)
    for (const [secret, accepted] of [
      [old, true],
      [fresh, true],
      [other, false],
    ] as const) {
      expect(libraryAccepts(secret, headers)).toBe(accepted)
      const rejection = webhookRejection(received(headers), [parseVerifyingKey(secret)], { now })
      expect(rejection).toBe(accepted ? null : 'no_matching_signature')
    }
    const single = signedHeaders(message, [parseSigningKey(old)])
    const both = [fresh, old].map(parseVerifyingKey)
    expect(webhookRejection(received(single), both, { now })).toBe(null)
  })

  it('is rejected when anything signed was changed', () => {
    const secret = newSecret()
    const keys = [parseVerifyingKey(secret)]
    const headers = signedHeaders(message, [parseSigningKey(secret)])
    const changes: [Record<string, string>, string][] = [
      [headers, `${body} `],
      [headers, body.replace('größer', 'groesser')],
      [headers, ''],
      [{ ...headers, 'webhook-id': 'msg_other' }, body],
      [{ ...headers, 'webhook-timestamp': String(timestamp - 1) }, body],
      [{ ...headers, 'webhook-signature': headers['webhook-signature'].replace(',', ',A') }, body],
      [{ ...headers, 'webhook-signature': headers['webhook-signature'].slice(0, -4) }, body],
      [{ ...headers, 'webhook-signature': headers['webhook-signature'].replace('v1', 'v2') }, body],
      [{ ...headers, 'webhook-signature': 'v1,' }, body],
    ]
    for (const [changed, payload] of changes) {
      expect(libraryAccepts(secret, changed, payload)).toBe(false)
      expect(webhookRejection(received(changed, payload), keys, { now })).toBe(
        'no_matching_signature',
      )
    }
  })

  it('is rejected when it is too old or too new, by us as by the library', () => {
    const secret = newSecret()
    const keys = [parseVerifyingKey(secret)]
    const cases = [
      [-310, 'too_old'],
      [-290, null],
      [290, null],
      [310, 'too_new'],
    ] as const
    for (const [offset, rejection] of cases) {
      const headers = signedHeaders({ ...message, timestamp: timestamp + offset }, [
        parseSigningKey(secret),
      ])
      expect(libraryAccepts(secret, headers)).toBe(rejection === null)
      expect(webhookRejection(received(headers), keys, { now })).toBe(rejection)
    }
    const headers = signedHeaders(message, [parseSigningKey(secret)])
    const clock = { now: timestamp * 1000 + 1000, toleranceMs: 1000 }
    expect(webhookRejection(received(headers), keys, clock)).toBe(null)
    expect(webhookRejection(received(headers), keys, { ...clock, now: clock.now + 1 })).toBe(
      'too_old',
    )
  })

  it('signs bytes that are no UTF-8 as they are', () => {
    const key = { scheme: 'v1', secret: Buffer.alloc(32) } as const
    const bytes = Uint8Array.of(0xff, 0x00, 0xfe)
    const headers = signedHeaders({ ...message, body: bytes }, [key])
    expect(webhookRejection(received(headers, bytes), [key], { now })).toBe(null)
    const replaced = new TextDecoder().decode(bytes)
    expect(webhookRejection(received(headers, replaced), [key], { now })).toBe(
      'no_matching_signature',
    )
  })
})

describe('v1a', () => {
  const { signing, verifying } = newKeyPair()

  it('is accepted with the public key, and rejected with another or another body', () => {
    const headers = signedHeaders(message, [parseSigningKey(signing)])
    expect(headers['webhook-signature']).toMatch(/^v1a,[0-9A-Za-z+/]{86}==$/)
    const keys = [parseVerifyingKey(verifying)]
    expect(webhookRejection(received(headers), keys, { now })).toBe(null)
    expect(webhookRejection(received(headers, 'x'), keys, { now })).toBe('no_matching_signature')
    const others = [parseVerifyingKey(newKeyPair().verifying)]
    expect(webhookRejection(received(headers), others, { now })).toBe('no_matching_signature')
    const broken = { ...headers, 'webhook-signature': 'v1a,AAAA' }
    expect(webhookRejection(received(broken), keys, { now })).toBe('no_matching_signature')
  })

  it('stands beside v1 without getting in its way', () => {
    const secret = newSecret()
    const headers = signedHeaders(message, [signing, secret].map(parseSigningKey))
    expect(libraryAccepts(secret, headers)).toBe(true)
    for (const key of [secret, verifying]) {
      expect(webhookRejection(received(headers), [parseVerifyingKey(key)], { now })).toBe(null)
    }
  })

  it('does not take a public key for a shared secret', () => {
    const publicBytes = Buffer.from(verifying.slice('whpk_'.length), 'base64')
    const forged = signedHeaders(message, [{ scheme: 'v1', secret: publicBytes }])
    const keys = [parseVerifyingKey(verifying)]
    expect(webhookRejection(received(forged), keys, { now })).toBe('no_matching_signature')
    const renamed = {
      ...forged,
      'webhook-signature': forged['webhook-signature'].replace('v1', 'v1a'),
    }
    expect(webhookRejection(received(renamed), keys, { now })).toBe('no_matching_signature')
  })
})

describe('malformed', () => {
  const key = { scheme: 'v1', secret: Buffer.alloc(32) } as const
  const headers = signedHeaders(message, [key])

  it('are headers that are missing, too long or not in form', () => {
    const wrong: Record<string, string>[] = [
      {},
      { 'webhook-id': message.id, 'webhook-timestamp': String(timestamp) },
      { ...headers, 'webhook-id': '' },
      { ...headers, 'webhook-id': 'a.b' },
      { ...headers, 'webhook-timestamp': `${timestamp}.5` },
      { ...headers, 'webhook-timestamp': `0${timestamp}` },
      { ...headers, 'webhook-timestamp': '' },
      { ...headers, 'webhook-timestamp': 'NaN' },
      { ...headers, 'webhook-signature': `${'x '.repeat(3000)}${headers['webhook-signature']}` },
    ]
    for (const each of wrong) {
      expect(webhookRejection(received(each), [key], { now })).toBe('malformed')
    }
  })

  it('is not a signature of a version that we do not know, beside one that we do', () => {
    const signature = `v9,AAAA nonsense ${headers['webhook-signature']}`
    const both = { ...headers, 'webhook-signature': signature }
    expect(webhookRejection(received(both), [key], { now })).toBe(null)
  })

  it('are messages that we must not sign', () => {
    expect(() => signedHeaders({ ...message, id: 'a.b' }, [key])).toThrow('no dot')
    expect(() => signedHeaders({ ...message, id: '' }, [key])).toThrow('no dot')
    expect(() => signedHeaders({ ...message, timestamp: 1.5 }, [key])).toThrow('whole number')
    expect(() => signedHeaders(message, [])).toThrow('1 to 8 keys')
    expect(() => signedHeaders(message, Array(9).fill(key))).toThrow('1 to 8 keys')
  })
})
