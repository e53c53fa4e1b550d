import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  leafWish,
  newHierarchy,
  newKey,
  newLeaf,
  now,
  period,
  withoutConstraints,
} from '../authority.fixture.ts'
import { type Certificate, parseCertificate } from '../certificate.ts'
import { parseNameConstraint } from '../name-constraint.ts'
import { oids } from '../oids.ts'
import { issueIntermediate, issueRoot } from '../profile.ts'
import { createSoftwareSigner } from '../signer.ts'
import { orderChain, orderChains } from './order.ts'
import { findPath, pathProblems } from './path.ts'

const { root, intermediate } = await newHierarchy()
const [top, middle] = [root.certificate, intermediate.certificate]
const pointer = { issuerUrls: ['http://pki.example/ca.cer'] }
const leaf = await newLeaf(intermediate, ['a.example'], pointer)
const other = await newHierarchy()

describe('an ordered chain', () => {
  it('runs from the leaf to the root, whatever the order was', () => {
    for (const bag of [
      [leaf, middle, top],
      [top, leaf, middle, leaf],
      [middle, top, leaf],
    ]) {
      expect(orderChain(bag)).toEqual({ chain: [leaf, middle, top], rest: [], missing: null })
    }
  })

  it('tells what is missing, where it is, and what is no part of it', () => {
    const stranger = other.root.certificate
    const ordered = orderChain([stranger, leaf, top])
    expect(ordered?.chain).toEqual([leaf])
    expect(ordered?.rest).toEqual([stranger, top])
    expect(ordered?.missing).toEqual({ name: leaf.issuer, urls: pointer.issuerUrls })
  })

  it('of authorities alone begins with the last', () => {
    expect(orderChain([top, middle])?.chain).toEqual([middle, top])
    expect(orderChain([])).toBeNull()
  })

  it('is not led astray by an authority of the same name', async () => {
    const twin = other.intermediate.certificate
    expect(orderChain([leaf, twin, middle, top])?.chain).toEqual([leaf, middle, top])
    expect(orderChains([top, leaf, twin, middle, leaf])).toMatchObject([
      { chain: [leaf, middle, top], missing: null },
      { chain: [twin], missing: { name: top.subject } },
    ])
  })
})

describe('a path', () => {
  const at = now
  const faults = (path: Certificate[], options = {}) =>
    pathProblems(path, { at, ...options }).map(({ fault, index }) => [fault, index])

  it('holds', () => {
    const options = { at, purpose: oids.serverAuth }
    expect(findPath(leaf, [middle], [top], options)).toEqual({
      certificates: [leaf, middle, top],
      problems: [],
    })
    expect(findPath(top, [], [top], options).problems).toEqual([])
  })

  it('does not in another time or for another purpose', () => {
    const late = { at: period(0, 100).validTo }
    expect(faults([leaf, middle, top], late)).toEqual([['expired', 0]])
    const early = { at: period(-2, 0).validFrom }
    expect(faults([leaf, middle, top], early).map(([fault]) => fault)).toEqual(
      Array(3).fill('not_yet_valid'),
    )
    expect(faults([leaf, middle, top], { purpose: oids.clientAuth })).toEqual([
      ['wrong_purpose', 0],
    ])
  })

  it('does not through a certificate that another key signed, or a leaf', async () => {
    expect(faults([leaf, other.intermediate.certificate])).toEqual([['bad_signature', 0]])
    expect(findPath(leaf, [], [other.intermediate.certificate], { at }).problems[0]?.fault).toBe(
      'no_path',
    )
    const signer = createSoftwareSigner(newKey('P-256'))
    const { publicKeyInfo } = signer
    const certificate = await newLeaf(intermediate, ['b.example'], { publicKeyInfo })
    const forged = { ...certificate, says: { ...certificate.says, basicConstraints: null } }
    Object.assign(forged.says, { basicConstraints: { ca: true, pathLength: null } })
    const below = await newLeaf({ certificate: forged, signer }, ['c.example'])
    expect(faults([below, certificate, middle, top]).toSorted()).toEqual([
      ['not_an_authority', 1],
      ['path_too_long', 1],
      ['wrong_key_usage', 1],
    ])
  })

  it('does not with a changed byte', () => {
    const der = Buffer.from(leaf.der)
    der[der.indexOf(Buffer.from('a.example'))] = 0x62
    expect(faults([parseCertificate(der), middle, top])).toEqual([['bad_signature', 0]])
  })
})

describe('name constraints', async () => {
  const permitted = ['example.com', '10.0.0.0/8', 'email:.example.com', 'uri:.example.com'].map(
    parseNameConstraint,
  )
  const excluded = ['secret.example.com', '10.9.0.0/16'].map(parseNameConstraint)
  const signer = createSoftwareSigner(newKey('P-256'))
  const certificate = await issueIntermediate(
    {
      ...leafWish([]),
      subject: { CN: 'Constrained' },
      publicKeyInfo: signer.publicKeyInfo,
      pathLength: 0,
      nameConstraints: { permitted, excluded },
    },
    root,
  )
  const path = async (name: string) => {
    const issuer = { certificate: withoutConstraints(certificate), signer }
    const below = await newLeaf(issuer, [name], { subject: { CN: 'x' } })
    return pathProblems([below, certificate, top], { at: now }).map(({ fault }) => fault)
  }

  it.each([
    'example.com',
    'a.b.example.com',
    '10.1.2.3',
    'a@mail.example.com',
    'https://www.example.com/x',
    '*.a.example.com',
  ])('permit %s', async (name) => expect(await path(name)).toEqual([]))

  it.each([
    'example.org',
    'badexample.com',
    'secret.example.com',
    'a.secret.example.com',
    '*.example.com',
    '10.9.1.1',
    '192.0.2.1',
    '2001:db8::1',
    'a@example.com',
    'a@example.org',
    'https://example.com/',
    'https://10.1.1.1/',
    'urn:example:a',
  ])('forbid %s', async (name) => expect(await path(name)).toEqual(['name_not_allowed']))
})

it('a root of another key is none', async () => {
  const signer = createSoftwareSigner(newKey('P-256'))
  const wish = { subject: { O: 'Example', CN: 'Example Root' }, pathLength: 1, ...period(-1, 99) }
  const twin = await issueRoot({ ...wish, serialNumber: randomBytes(16) }, signer)
  expect(orderChain([leaf, middle, twin])?.chain).toEqual([leaf, middle])
})

it('does not hold thousands of names against thousands of constraints', async () => {
  const permitted = Array.from({ length: 2000 }, (_, n) => parseNameConstraint(`a${n}.example`))
  const many = permitted.map(({ value }) => `b.${value}`)
  const signer = createSoftwareSigner(newKey('P-256'))
  const nameConstraints = { permitted, excluded: [] }
  const wish = { subject: { CN: 'Many' }, pathLength: 0, nameConstraints, ...period(-1, 100) }
  const certificate = await issueRoot({ ...wish, serialNumber: randomBytes(16) }, signer)
  await expect(newLeaf({ certificate, signer }, many)).rejects.toThrow(/2001 names are too many/)
})
