import { describe, expect, it } from 'vitest'
import { describePath } from './place.ts'

const placesOf = (path: string) => [...describePath(path).places]
const syntaxOf = (path: string) => describePath(path).syntax

describe('places', () => {
  it.each([
    ['src/pay.ts', []],
    ['src/latest/attestation.ts', []],
    ['contest/app.py', []],
    ['src/test/java/PayTest.java', ['test']],
    ['src/PaymentsTest.java', ['test']],
    ['pay.test.ts', ['test']],
    ['test_pay.py', ['test']],
    ['pkg/pay_test.go', ['test']],
    ['docs/keys.md', ['docs']],
    ['.env.example', ['docs']],
    ['config.sample.yaml', ['docs']],
    ['README', ['docs']],
    ['locale/de.json', ['locale']],
    ['messages_de.properties', ['locale']],
    ['web/package-lock.json', ['lock']],
    ['Cargo.lock', ['lock']],
    ['app.css', ['asset']],
    ['home/.netrc', ['credentials']],
    ['.env', ['credentials']],
    ['deploy/.env.production', ['credentials']],
    ['.env.test', ['test']],
    ['charts/shop/ci/tls-values.yaml', ['test']],
    ['ci/deploy.yaml', []],
  ])('%s: %j', (path, expected) => {
    expect(placesOf(path)).toEqual(expected)
  })
})

describe('syntax', () => {
  it.each([
    '.env',
    '.env.production',
    'prod.env',
    'app.ini',
    'application.yml',
    'Dockerfile',
    'Dockerfile.prod',
    '.npmrc',
    '.netrc',
    'credentials',
    'deploy.sh',
  ])('%s has values without quotes', (path) => {
    expect(syntaxOf(path)).toBe('config')
  })

  it.each(['app.ts', 'main.tf', 'settings.json', 'app.py', 'web.xml'])('%s has not', (path) => {
    expect(syntaxOf(path)).toBe('code')
  })
})
