// Runs every rule of rules/infrastructure/terraform on the proofs beside it. A comment above a
// block, `expect: id, id` or `ok: id, id`, names the rules that must find something in the block,
// and those that must not. Each proof file is a module of its own.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { compileCheckRules, parseCheckRules, readCompiledCheckRules } from '../check/rule.ts'
import { createTerraformEngine } from './engine.ts'

const root = new URL('../../../../../rules/infrastructure/terraform/', import.meta.url)
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8')

const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
const ruleFiles = paths.filter((path) => path.endsWith('.yaml'))
const rules = parseCheckRules(ruleFiles.map((path) => ({ path, text: textOf(path) })))
const engine = createTerraformEngine({ rules })

interface Proof {
  kind: 'expect' | 'ok'
  id: string
  /** The header of the block. */
  block: string
  /** Lines of the block. */
  from: number
  to: number
}

function proofsIn(text: string): Proof[] {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const [, kind, ids = ''] = /^# (expect|ok): (.+)$/.exec(line) ?? []
    if (kind === undefined) return []
    const from = index + lines.slice(index).findIndex((each) => !each.startsWith('#'))
    const end = lines.slice(from).findIndex((each) => /^\}|\{\}$/.test(each))
    const block = lines[from] ?? ''
    return ids.split(',').map((id) => ({
      kind: kind as Proof['kind'],
      id: id.trim(),
      block,
      from: from + 1,
      to: from + end + 1,
    }))
  })
}

function scan(path: string, text: string) {
  const source = new SourceText(path, Buffer.from(text))
  const unit = { kind: 'terraform' as const, files: [source] }
  const { weaknesses, incomplete } = engine.scan(unit, { expired: () => false })
  expect(incomplete).toBe(null)
  return weaknesses.map(({ rule, start }) => ({ id: rule.id, ...source.positionAt(start) }))
}

describe('the rules', () => {
  it('are the same when they were compiled', () => {
    expect(readCompiledCheckRules(compileCheckRules(rules))).toEqual(rules)
  })

  it('explain themselves', () => {
    for (const { id, title, description, remediation, references } of rules) {
      expect(title.length, id).toBeLessThanOrEqual(64)
      expect(description, id).toMatch(/\.$/)
      expect(remediation, id).toMatch(/\.$/)
      expect(references.length, id).toBeGreaterThan(0)
      for (const reference of references) expect(new URL(reference).protocol, id).toBe('https:')
    }
  })

  it('name only attributes and resources of their provider', () => {
    for (const { id, resources } of rules) {
      const provider = resources.map((type) => type.replace(/^data\./, '').split('_')[0])
      expect(new Set(provider).size, id).toBe(1)
    }
  })
})

describe.each(ruleFiles)('%s', (ruleFile) => {
  const own = parseCheckRules([{ path: ruleFile, text: textOf(ruleFile) }])
  const stem = ruleFile.replace('.yaml', '.test.')
  const proofFiles = paths.filter((path) => path.startsWith(stem) && path.endsWith('.tf'))
  const proofs = proofFiles.map((path) => ({ path, found: scan(path, textOf(path)) }))

  it.each(proofs)('keeps its word in $path', ({ path, found }) => {
    for (const { kind, id, block, from, to } of proofsIn(textOf(path))) {
      const inBlock = found.filter(({ line }) => line >= from && line <= to)
      const ids = inBlock.map((one) => one.id)
      if (kind === 'expect') expect(ids, `${block} line ${from}`).toContain(id)
      else expect(ids, `${block} line ${from}`).not.toContain(id)
    }
  })

  it('has proof of each rule, for and against', () => {
    const all = proofFiles.flatMap((path) => proofsIn(textOf(path)))
    const idsOf = (kind: Proof['kind']) => {
      return new Set(all.filter((proof) => proof.kind === kind).map(({ id }) => id))
    }
    const ids = own.map(({ id }) => id)
    expect(ids.filter((id) => !idsOf('expect').has(id))).toEqual([])
    expect(ids.filter((id) => !idsOf('ok').has(id))).toEqual([])
  })
})
