import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openSealed, rawBytes, rawPublicKey, readWords, sealFor, signWords } from './agent-words.ts'

const signer = generateKeyPairSync('ed25519')
const box = generateKeyPairSync('x25519')
const head = { typ: 'words', kid: 'one' }

describe('signed words', () => {
  const jws = signWords(signer.privateKey, head, { job: 1 })
  const [header = '', , signature = ''] = jws.split('.')
  const publicKey = rawPublicKey('Ed25519', rawBytes(signer.privateKey))
  const other = Buffer.from('{"job":2}').toString('base64url')

  it('are read with the key of who signed them', () => {
    expect(readWords(jws, publicKey, 'words')).toEqual({ job: 1 })
  })

  it.each([
    ['changed', `${header}.${other}.${signature}`, 'words'],
    ['of another type', jws, 'job'],
    ['with more parts', `${jws}.x`, 'words'],
    ['cut', jws.slice(0, -8), 'words'],
    ['empty', '', 'words'],
    ['nothing', '...', 'words'],
  ])('that are %s are not', (_, text, typ) => {
    expect(readWords(text, publicKey, typ)).toBeNull()
  })

  it('of somebody else are not', () => {
    expect(readWords(jws, generateKeyPairSync('ed25519').publicKey, 'words')).toBeNull()
  })
})

describe('a sealed key', () => {
  const sealed = sealFor(box.publicKey, 'job_1', Buffer.from('key'))

  it('opens for its agent and its job', () => {
    expect(openSealed(box.privateKey, 'job_1', sealed).toString()).toBe('key')
  })

  it('opens for nobody else and no other job', () => {
    const stranger = generateKeyPairSync('x25519').privateKey
    expect(() => openSealed(stranger, 'job_1', sealed)).toThrow()
    expect(() => openSealed(box.privateKey, 'job_2', sealed)).toThrow()
  })
})
