// Runs every rule of rules/infrastructure, but Terraform's, on the proofs beside it: a comment
// `expect: id, id` names what must be found on its line, or on the next one where it stands alone;
// `ok: id` what must not. All else that is found by the rules of the file is an error.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SourceText } from '../source-text.ts'
import { compileCheckRules, parseCheckRules, readCompiledCheckRules } from './check/rule.ts'
import { createInfrastructureEngine } from './engine.ts'

const root = new URL('../../../../rules/infrastructure/', import.meta.url)

/** Where a proof would stand, for what is known by its path. */
const pathOf: Record<string, (name: string) => string> = {
  kubernetes: (name) => `deploy/${name}`,
  dockerfile: () => 'Dockerfile',
  compose: () => 'compose.yaml',
  actions: (name) => (name.startsWith('composite') ? 'action.yml' : `.github/workflows/${name}`),
}

const files = Object.keys(pathOf).flatMap((platform) => {
  const names = readdirSync(new URL(`${platform}/`, root))
  return names
    .filter((name) => /(?<!\.test)\.yaml$/.test(name))
    .map((name) => {
      const text = readFileSync(new URL(`${platform}/${name}`, root), 'utf8')
      const proof = names.filter((each) => each.startsWith(name.replace('.yaml', '.test.')))
      return { platform, name, rules: parseCheckRules([{ path: name, text }]), proof }
    })
})
const all = files.flatMap(({ rules }) => rules)

function marks(text: string) {
  const marked = { expect: [] as string[], ok: [] as string[] }
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    for (const [, kind = '', names = ''] of line.matchAll(/# (expect|ok): ([a-z\d, -]+)/g)) {
      let at = index
      while (/^\s*#/.test(lines[at] ?? '')) at++
      for (const id of names.split(','))
        marked[kind as 'expect' | 'ok'].push(`${at + 1} ${id.trim()}`)
    }
  }
  return marked
}

function scan(path: string, text: string, rules: typeof all) {
  const source = new SourceText(path, Buffer.from(text))
  const engine = createInfrastructureEngine({ rules })
  expect(engine.wants(path)).toBe(true)
  const { weaknesses, incomplete } = engine.scan(source, { expired: () => false })
  expect(incomplete).toBe(null)
  return weaknesses.map(({ rule, start }) => `${source.positionAt(start).line} ${rule.id}`)
}

describe('the rules', () => {
  it('have names of their own and are the same when they were compiled', () => {
    const ids = all.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
    expect(readCompiledCheckRules(compileCheckRules(all))).toEqual(all)
  })

  it('explain themselves', () => {
    for (const { id, title, description, remediation, references, platform } of all) {
      expect(id.startsWith(`${platform}-`), id).toBe(true)
      expect(title.length, id).toBeLessThanOrEqual(60)
      expect(description, id).toMatch(/\.$/)
      expect(remediation, id).toMatch(/\.$/)
      for (const reference of references) expect(new URL(reference).protocol, id).toBe('https:')
    }
  })
})

describe.each(files)('$platform/$name', ({ platform, name, rules, proof }) => {
  const cases = proof.map((each) => ({
    path: pathOf[platform]?.(each) ?? each,
    text: readFileSync(new URL(`${platform}/${each}`, root), 'utf8'),
  }))

  it('finds what it must, and nothing else', () => {
    for (const { path, text } of cases) {
      const { expect: wanted, ok } = marks(text)
      const found = scan(path, text, rules)
      expect([...new Set(found)].sort()).toEqual(wanted.sort())
      expect(found.filter((one) => ok.includes(one))).toEqual([])
    }
  })

  it('has proof of each rule, for and against', () => {
    const proven = cases.map(({ text }) => marks(text))
    const named = (kind: 'expect' | 'ok') =>
      new Set(proven.flatMap((one) => one[kind].map((mark) => mark.split(' ')[1])))
    const ids = rules.map(({ id }) => id)
    expect(
      ids.filter((id) => !named('expect').has(id)),
      `${name}: expect`,
    ).toEqual([])
    expect(
      ids.filter((id) => !named('ok').has(id)),
      `${name}: ok`,
    ).toEqual([])
  })
})
