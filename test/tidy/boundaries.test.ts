import { describe, expect, it } from 'vitest'
import { findForbiddenImports, findWaysToTheDatabase } from './boundaries.ts'

const forbidden = (files: Record<string, string>) =>
  findForbiddenImports(new Map(Object.entries(files)))

describe('findForbiddenImports', () => {
  it('lets a module use the platform, the events and itself', () => {
    const store = [
      `import { db } from '../../platform/db.ts'`,
      `import type { E } from '../../events/scan.ts'`,
      `export * from './schema.ts'`,
      `import pg from 'pg'`,
    ]
    expect(
      forbidden({
        'src/gate/scans/store.ts': store.join('\n'),
        'src/gate/scans/schema.ts': '',
        'src/platform/db.ts': '',
        'src/events/scan.ts': '',
      }),
    ).toEqual([])
  })

  const crossings: [form: string, text: string][] = [
    ['an import', `import { keys } from '../../identity/keys/store.ts'`],
    ['a type', `import type { Key } from '../../identity/keys/store.ts'`],
    ['a re-export', `export { keys } from '../../identity/keys/store.ts'`],
    ['a re-export of all', `export * from '../../identity/keys/store.ts'`],
    ['an import at run time', `const x = await import('../../identity/keys/store.ts')`],
    ['a type in place', `let x: import('../../identity/keys/store.ts').Key`],
    ['the address of a worker', `new URL('../../identity/keys/store.ts', import.meta.url)`],
  ]
  it.each(crossings)('finds a module in another module: %s', (_, text) => {
    expect(forbidden({ 'src/gate/scans/store.ts': `\n${text}` })).toEqual([
      'src/gate/scans/store.ts:2 imports src/identity/keys/store.ts, but a module imports the ' +
        'platform, the events and itself, never another module',
    ])
  })

  it.each([
    ['src/platform/db.ts', '../gate/index.ts'],
    ['src/platform/db.ts', '../events/scan.ts'],
    ['src/events/scan.ts', '../gate/scans/schema.ts'],
    ['src/gate/scanner/scanner.ts', '../../platform/log.ts'],
    ['src/gate/scanner/scanner.ts', '../source/walk.ts'],
    ['src/trust/x509/parse.ts', '../../certus/seal/hash.ts'],
    ['src/gate/source/walk.ts', '../scans/store.ts'],
    ['src/trust/connectors/deploy/nginx.ts', '../../deployments/store.ts'],
    ['src/platform/audit/verify.ts', '../db.ts'],
    ['src/cli/scan.ts', '../gate/scans/service.ts'],
    ['src/cli/scan.ts', '../platform/db.ts'],
    ['src/cli/scan.ts', '../server.ts'],
    ['src/agent/main.ts', '../trust/certificates/store.ts'],
    ['src/client/gate.ts', '../platform/log.ts'],
    ['src/server.ts', './gate/scans/routes.ts'],
    ['src/gate/index.ts', '../server.ts'],
  ])('forbids %s to import %s', (from, to) => {
    expect(forbidden({ [from]: `import { x } from '${to}'` })).toHaveLength(1)
  })

  it('forbids the dashboard all but the client and the seal', () => {
    const text = (to: string) => `import { x } from '../../src/${to}'`
    expect(forbidden({ 'web/pages/packs.tsx': text('certus/seal/verify.ts') })).toEqual([])
    expect(forbidden({ 'web/pages/packs.tsx': text('client/gate.ts') })).toEqual([])
    expect(forbidden({ 'web/pages/packs.tsx': text('certus/packs/schema.ts') })).toHaveLength(1)
  })

  it('gives the client the types of a schema, and nothing that runs', () => {
    const from = `from '../gate/scans/schema.ts'`
    expect(forbidden({ 'src/client/gate.ts': `import type { Scan } ${from}` })).toEqual([])
    expect(forbidden({ 'src/client/gate.ts': `import { type Scan } ${from}` })).toEqual([])
    expect(forbidden({ 'src/client/gate.ts': `import { type Scan, scan } ${from}` })).toHaveLength(
      1,
    )
  })

  it('lets serve alone start the server, and tests import what they like', () => {
    const text = `import { start } from '../server.ts'`
    expect(forbidden({ 'src/cli/serve.ts': text, 'src/cli/scan.test.ts': text })).toEqual([])
    expect(forbidden({ 'src/cli/backup.ts': text })).toHaveLength(1)
    expect(forbidden({ 'src/cli/backup.ts': `import { db } from '../platform/db.ts'` })).toEqual([])
  })

  it('names a file that stands in no part of the house', () => {
    expect(forbidden({ 'src/shared/x.ts': `import fs from 'node:fs'` })).toEqual([
      'src/shared/x.ts:1 stands in no part of the house',
    ])
  })
})

describe('findWaysToTheDatabase', () => {
  const files = {
    'src/cli/scan.ts': `import { walk } from '../gate/source/walk.ts'`,
    'src/gate/source/walk.ts': `import { cache } from './cache.ts'`,
    'src/platform/db.ts': `import pg from 'pg'`,
  }
  const ways = (cache: string) =>
    findWaysToTheDatabase(new Map(Object.entries({ ...files, 'src/gate/source/cache.ts': cache })))

  it('names the chain of files', () => {
    expect(ways(`import { db } from '../../platform/db.ts'`)).toEqual([
      'src/cli/scan.ts:1 reaches the database: src/cli/scan.ts → src/gate/source/walk.ts → ' +
        'src/gate/source/cache.ts → src/platform/db.ts',
    ])
    expect(ways(`import pg from 'pg'`)[0]).toMatch(/src\/gate\/source\/cache\.ts → pg$/)
  })

  it('passes over types, which do not run', () => {
    expect(ways(`import type { Db } from '../../platform/db.ts'`)).toEqual([])
  })

  it('lets the command line open the doors of the operator', () => {
    const main = { 'src/cli/main.ts': `await import('./serve.ts')` }
    const server = { 'src/cli/serve.ts': `import '../server.ts'`, 'src/server.ts': `import 'pg'` }
    expect(findWaysToTheDatabase(new Map(Object.entries({ ...main, ...server })))).toEqual([])
  })
})
