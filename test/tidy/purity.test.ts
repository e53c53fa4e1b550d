import { describe, expect, it } from 'vitest'
import { findImpurities } from './purity.ts'

const impurities = (text: string, path = 'src/gate/scanner/code/match.ts') =>
  findImpurities(new Map([[path, text]]))

describe('findImpurities', () => {
  it.each([
    `import { readFileSync } from 'node:fs'`,
    `import type { Stats } from 'node:fs'`,
    `import { request } from 'undici'`,
    `import pg from 'pg'`,
    `const where = process.cwd()`,
    `const at = Date.now()`,
    `const at = new Date()`,
    `const at = Date()`,
    `const n = Math.random()`,
    `const t = performance.now()`,
    `await fetch('https://example.com')`,
    `setTimeout(() => {}, 10)`,
    `console.log('here')`,
    `const now = Date.now`,
    `const id = crypto.randomUUID()`,
    `const options = { env: process.env }`,
  ])('finds %s', (text) => {
    const found = impurities(`\n${text}`)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^src\/gate\/scanner\/code\/match\.ts:2 /)
  })

  it.each([
    `import { createHash } from 'node:crypto'`,
    `import { parse } from 'yaml'`,
    `const at = new Date(seconds * 1000)`,
    `const expiry = Date.parse(text)`,
    `function match(process: Process) { return process.name }`,
    `const { fetch } = capabilities; fetch(1)`,
    `import { performance } from './budget.ts'; performance.spend()`,
    `const x = { process: 1, fetch: 2 }; x.process + x.fetch`,
    `interface Step { process: string; fetch(): void }`,
  ])('lets pass %s', (text) => {
    expect(impurities(text)).toEqual([])
  })

  it('holds every heart, its surroundings that it imports, and nothing else', () => {
    const text = 'const at = Date.now()'
    for (const heart of [
      'src/trust/x509/a.ts',
      'src/identity/policy/a.ts',
      'src/certus/seal/a.ts',
    ]) {
      expect(impurities(text, heart)).toHaveLength(1)
    }
    expect(impurities(text, 'src/gate/source/walk.ts')).toEqual([])
    expect(impurities(text, 'src/gate/scanner/a.test.ts')).toEqual([])
    const verify = `export * from './chain.ts'`
    const tree = { 'src/platform/audit/verify.ts': verify, 'src/platform/audit/chain.ts': text }
    expect(findImpurities(new Map(Object.entries(tree)))).toHaveLength(1)
  })
})
