import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { newHierarchy, newKey, newLeaf, pemOf, period } from '../trust/x509/authority.fixture.ts'
import { writePkcs12 } from '../trust/x509/pkcs12/write.ts'
import { exportPublicKey } from '../trust/x509/signer.ts'
import { panthera } from './fixtures/command.ts'

const cwd = mkdtempSync(join(tmpdir(), 'panthera-cli-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
const certificate = (args: string[], more: Partial<Parameters<typeof panthera>[1]> = {}) =>
  panthera(['certificate', ...args], { cwd, ...more })

const { intermediate } = await newHierarchy()
const privateKey = newKey('P-256')
const leaf = await newLeaf(intermediate, ['a.example', '192.0.2.1'], {
  publicKeyInfo: exportPublicKey(privateKey),
})
const chain = pemOf(leaf) + pemOf(intermediate.certificate)
const old = await newLeaf(intermediate, ['old.example'], period(-30, -1))
const contents = { certificates: [leaf.der], privateKey, alias: 'web\u001b[31m' }
const closing = { password: 'word', random: randomBytes, iterations: 1000 }
writeFileSync(join(cwd, 'chain.pem'), chain)
writeFileSync(join(cwd, 'old.pem'), pemOf(old) + pemOf(intermediate.certificate))
writeFileSync(join(cwd, 'store.p12'), await writePkcs12(contents, closing))
writeFileSync(join(cwd, 'text'), 'nothing')

it('shows a page, of a file and of what comes in', async () => {
  const { code, stdout, stderr } = await certificate(['inspect', 'chain.pem'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^PEM: 2 certificates\n\nCN=a\.example\n {2}Issuer +CN=Example Issuing/)
  expect(stdout).toMatch(/Names +DNS: a\.example\n +IP address: 192\.0\.2\.1\n/)
  expect(stdout).toContain(`Fingerprint  ${leaf.fingerprint}\n`)
  const piped = await certificate(['inspect', '-'], { started: (c) => c.stdin?.end(chain) })
  expect(piped).toEqual({ code, stdout, stderr })
})

it('tells first what is wrong, and exits with 1', async () => {
  const { code, stdout } = await certificate(['inspect', 'old.pem'])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^PEM: 2 certificates\n\n1 problem\n {2}error +old\.example: it was valid/)
  const json = await certificate(['inspect', 'old.pem', '--format', 'json'])
  expect(json.code).toBe(1)
  const { problems, certificates, chains } = JSON.parse(json.stdout)
  expect(problems).toMatchObject([{ severity: 'error', code: 'expired', subject: 'old.example' }])
  expect(certificates).toMatchObject([{ daysLeft: -1, fingerprint: old.fingerprint }, {}])
  expect(chains).toMatchObject([{ complete: false }])
})

it('opens key stores with the password of the environment', async () => {
  const env = (password: string) => ({ env: { PANTHERA_KEYSTORE_PASSWORD: password } })
  const opened = await certificate(['inspect', 'store.p12'], env('word'))
  expect(opened.stdout).toMatch(/^PKCS #12: 1 certificate, 1 private key\n/)
  expect(opened.stdout).toContain('the private key is here')
  expect(opened.stdout).not.toContain('\u001b')
  const wrong = await certificate(['inspect', 'store.p12'], env('other'))
  expect([wrong.code, wrong.stdout]).toEqual([2, ''])
  expect(wrong.stderr).toMatch(/store\.p12: the password does not open it\nSet PANTHERA_KEYSTORE/)
  const locked = await certificate(['inspect', 'store.p12'])
  expect(locked.stdout).toContain('a password closes (locked)')
})

it('lints by profile', async () => {
  const inside = await certificate(['lint', 'chain.pem', '--profile', 'internal'])
  expect(inside).toEqual({ code: 0, stdout: '2 certificates, nothing found\n', stderr: '' })
  const outside = await certificate(['lint', 'chain.pem', '--format', 'json'])
  expect(outside.code).toBe(1)
  const { problems } = JSON.parse(outside.stdout)
  expect(problems.map(({ code }: { code: string }) => code)).toContain('e_sub_cert_aia_missing')
  const { stderr } = await certificate(['lint', 'chain.pem'])
  expect([outside.stderr, stderr]).toEqual(['', expect.stringContaining('--profile internal')])
})

it.each([
  ['text', /^panthera: text: it holds no certificate in a form that is known/],
  ['gone', /^panthera: gone cannot be read: ENOENT/],
])('refuses %s in one line', async (path, message) => {
  const { code, stdout, stderr } = await certificate(['inspect', path])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(message)
})
