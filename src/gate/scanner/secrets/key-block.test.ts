import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readKeyBlock } from './key-block.ts'

const read = (text: string) => readKeyBlock(text, text.indexOf('-----BEGIN'))

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const ed25519 = generateKeyPairSync('ed25519').privateKey
const cipher = { cipher: 'aes-256-cbc', passphrase: 'x' } as const

const body = (pem: string) => pem.split('\n').slice(1, -2).join('')

describe('readKeyBlock', () => {
  it.each([
    ['PKCS #1', rsa.export({ type: 'pkcs1', format: 'pem' })],
    ['PKCS #8', rsa.export({ type: 'pkcs8', format: 'pem' })],
    ['SEC 1', ec.export({ type: 'sec1', format: 'pem' })],
    ['Ed25519', ed25519.export({ type: 'pkcs8', format: 'pem' })],
  ])('reads %s in the clear', (_, pem) => {
    const text = `a\n${pem}\nb`
    const block = read(text)
    expect(block).toMatchObject({ encrypted: false, value: body(String(pem)) })
    expect(text.slice(block?.start, block?.end)).toBe(String(pem).trim())
  })

  it.each([
    ['PKCS #8', rsa.export({ type: 'pkcs8', format: 'pem', ...cipher })],
    ['PKCS #1', rsa.export({ type: 'pkcs1', format: 'pem', ...cipher })],
  ])('sees that %s is encrypted', (_, pem) => {
    expect(read(String(pem))?.encrypted).toBe(true)
  })

  it.each([
    ['', false],
    ['passphrase', true],
  ])('reads what ssh-keygen writes under the passphrase %j', (passphrase, encrypted) => {
    const path = `${execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()}/key`
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', path])
    expect(read(execFileSync('cat', [path], { encoding: 'utf8' }))?.encrypted).toBe(encrypted)
  })

  const pem = String(ec.export({ type: 'pkcs8', format: 'pem' }))

  it.each([
    ['escaped line breaks', JSON.stringify(pem)],
    [
      'a concatenation',
      pem
        .trim()
        .split('\n')
        .map((line) => `"${line}\\n" +`)
        .join('\n'),
    ],
    ['a comment', pem.replace(/^/gm, '# ')],
    ['CR LF', pem.replaceAll('\n', '\r\n')],
    ['YAML', pem.replace(/^/gm, '    ')],
  ])('gives the same value in %s', (_, text) => {
    expect(read(text)?.value.replaceAll('+', '')).toBe(body(pem).replaceAll('+', ''))
  })

  it('reads what is left of a cut key', () => {
    const cut = String(rsa.export({ type: 'pkcs1', format: 'pem' }))
      .split('\n')
      .slice(0, 6)
    expect(read(cut.join('\n'))).not.toBeNull()
  })

  const [head, tail] = [pem.split('\n')[0], '-----END']
  it.each([
    ['a certificate', pem.replaceAll('PRIVATE KEY', 'CERTIFICATE')],
    ['an ellipsis', `${head}\n...\n${tail}`],
    ['a template', `${head}\n{{ key }}${'a1B2'.repeat(30)}\n${tail}`],
    ['the same letter', `${head}\n${'A'.repeat(64)}\n${tail}`],
    ['code', `"${head}\\n" + encode(pair.getPrivate().getEncoded(), lineBreaks) + "\\n${tail}"`],
    ['nothing', `${head}`],
  ])('takes %s for no key', (_, text) => {
    expect(read(text)).toBeNull()
  })
})
