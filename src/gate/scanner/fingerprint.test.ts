import { describe, expect, it } from 'vitest'
import { SecretFingerprints, unblind, withoutBlind } from './fingerprint.ts'

const key = Buffer.alloc(32, 7)
const place = { ruleId: 'a-rule', path: 'src/a.ts', context: 'one key = "…" two' }
const strong = { value: 'q7Zx81LmPw04Vt2KdR93', mask: 'q7Zx…', guessingBits: 100 }
const weak = { value: 'Summer2023!', mask: 'Su…', guessingBits: 20 }

const name = (changes: object, secret: typeof strong, withKey: Buffer | null) =>
  new SecretFingerprints(withKey).name({ ...place, ...changes }, secret)

const algorithms = (secret: typeof strong, withKey: Buffer | null) =>
  name({}, secret, withKey).map(({ algorithm }) => algorithm)

const shared = (a: { value: string }[], b: { value: string }[]) =>
  a.filter(({ value }) => b.some((other) => other.value === value)).length

describe('SecretFingerprints', () => {
  it('chooses the algorithms by what it may give away', () => {
    expect(algorithms(strong, key)).toEqual(['ctx1', 'secret1'])
    expect(algorithms(weak, key)).toEqual(['ctx1', 'secret1'])
    expect(algorithms(strong, null)).toEqual(['ctx1', 'secret0'])
    expect(algorithms(weak, null)).toEqual(['ctx1', 'move1'])
  })

  it.each([
    ['a strong secret with a key', strong, key],
    ['a weak secret with a key', weak, key],
    ['a strong secret', strong, null],
    ['a weak secret', weak, null],
  ])('follows %s into a renamed file', (_, secret, withKey) => {
    const before = name({}, secret, withKey)
    const after = name({ path: 'lib/b.ts' }, secret, withKey)
    expect(shared(before, after)).toBe(1)
    expect(before[0]?.value).not.toBe(after[0]?.value)
  })

  it.each([
    ['a strong secret with a key', strong, key],
    ['a weak secret with a key', weak, key],
    ['a strong secret', strong, null],
    ['a weak secret', weak, null],
  ])('calls the successor of %s new', (_, secret, withKey) => {
    const next = { ...secret, value: `n${secret.value}`, mask: `n${secret.mask}` }
    expect(shared(name({}, secret, withKey), name({}, next, withKey))).toBe(0)
  })

  it('follows a value to another rule', () => {
    expect(shared(name({}, strong, key), name({ ruleId: 'better-rule' }, strong, key))).toBe(1)
  })

  it('tells equal findings of one file apart by their order', () => {
    const fingerprints = new SecretFingerprints(null)
    const [first] = fingerprints.name(place, strong)
    const [second] = fingerprints.name(place, strong)
    expect(first?.value).not.toBe(second?.value)
    expect(name({}, strong, null)[0]).toEqual(first)
  })

  it('keeps organizations apart', () => {
    expect(shared(name({}, strong, key), name({}, strong, Buffer.alloc(32, 8)))).toBe(0)
  })

  it('lets nobody try passwords on a report: all with the same mask look the same', () => {
    const other = { ...weak, value: 'Sunshine99' }
    expect(name({}, other, null)).toEqual(name({}, weak, null))
  })

  it.each([
    ['strong', [strong]],
    ['weak', [weak]],
    ['several with one mask', [weak, { ...weak, value: 'Sunshine99' }, weak]],
  ])('takes a key afterwards, with the same outcome: %s', (_, secrets) => {
    const blind = new SecretFingerprints('blind')
    const keyed = new SecretFingerprints(key)
    for (const secret of secrets) {
      const named = blind.name(place, secret)
      expect(unblind(named, key)).toEqual(keyed.name(place, secret))
      const shown = withoutBlind(named).map(({ algorithm }) => algorithm)
      expect(shown).toEqual(algorithms(secret, null))
    }
  })

  it('leaves alone what was not blinded, or not by us', () => {
    const own = name({}, weak, null)
    expect(unblind(own, key)).toEqual(own)
    expect(unblind([...own, { algorithm: 'blind1', value: 'x.y.z' }], key)).toEqual(own)
  })
})
