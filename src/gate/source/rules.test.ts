import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './git/fixtures/repository.ts'
import { packageRoot, packageVersion } from './package.ts'
import { loadRules } from './rules.ts'

const rule = (id: string) => `provider: Example
remediation: Revoke it.
rules:
  - id: ${id}
    title: Example key
    severity: high
    description: Opens the example.
    keywords: [exk_]
    pattern: '\\b(?<secret>exk_[a-z0-9]{32})\\b'
`

function ruleFolder(files: Record<string, string>): string {
  const dir = temporaryFolder()
  mkdirSync(join(dir, 'secrets', 'more'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, 'secrets', name), text)
  return dir
}

describe('loadRules', () => {
  it("loads the package's own rules", async () => {
    const { rules } = JSON.parse((await loadRules()).secrets)
    expect(rules.length).toBeGreaterThan(50)
  })

  it('leaves out those that nobody asks for', async () => {
    const { secrets, code, infrastructure } = await loadRules({ kinds: ['secrets'] })
    expect([secrets === '', code, infrastructure]).toEqual([false, '', ''])
  })

  it('loads rules of all folders, and not their proofs', async () => {
    const directory = ruleFolder({
      'b.yaml': rule('b-key'),
      'more/a.yml': rule('a-key'),
      'a.test.yaml': 'positives: []',
      'README.md': '# rules',
    })
    const { rules } = JSON.parse((await loadRules({ directory })).secrets)
    expect(rules.map(({ id }: { id: string }) => id)).toEqual(['a-key', 'b-key'])
  })

  it('keeps what it compiled until a rule changes', async () => {
    const cacheDirectory = temporaryFolder()
    const directory = ruleFolder({ 'a.yaml': rule('a-key') })
    const options = { directory, cacheDirectory }
    const first = await loadRules(options)
    expect(await loadRules(options)).toEqual(first)
    const [kept = ''] = readdirSync(cacheDirectory)
    writeFileSync(join(cacheDirectory, kept), 'broken')
    expect(await loadRules(options)).toEqual(first)
    writeFileSync(join(directory, 'secrets', 'a.yaml'), rule('c-key'))
    expect((await loadRules(options)).secrets).toContain('c-key')
    expect(readdirSync(cacheDirectory)).toHaveLength(4)
  })

  it('names the rule that is wrong', async () => {
    const directory = ruleFolder({ 'a.yaml': rule('a-key').replace('high', 'hihg') })
    await expect(loadRules({ directory })).rejects.toThrow(/secrets\/a\.yaml.*a-key.*severity/s)
  })
})

describe('packageRoot', () => {
  it('finds the package above, also where others lie between', async () => {
    const root = temporaryFolder()
    const inner = join(root, 'build', 'x')
    mkdirSync(inner, { recursive: true })
    writeFileSync(join(root, 'package.json'), '{"name":"panthera","version":"1.2.3"}')
    writeFileSync(join(inner, 'package.json'), '{"type":"module"}')
    expect(await packageRoot(inner)).toBe(root)
    await expect(packageRoot('/')).rejects.toThrow('install the package again')
    expect(await packageVersion()).toMatch(/^\d+\.\d+\.\d+/)
  })
})
