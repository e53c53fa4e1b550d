// Runs every rule of rules/secrets on the proofs beside it.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createScanner } from '../scanner.ts'
import { compileSecretRules, parseSecretRules, readCompiledSecretRules } from './rule.ts'

const folder = new URL('../../../../rules/secrets/', import.meta.url)
const names = readdirSync(folder)
const textOf = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const ruleFiles = names.filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
const rules = parseSecretRules(ruleFiles.map((name) => ({ path: name, text: textOf(name) })))

const scanner = createScanner(
  { secrets: rules, files: [], units: [] },
  {
    engines: { secrets: true, code: false, dependencies: false, infrastructure: false },
    fingerprintKey: null,
    limits: { fileBytesMax: 1e6, manifestBytesMax: 1e6, fileMs: 10_000, findingsPerFileMax: 100 },
    now: () => 0,
  },
)

/** A text in pieces, or one with the path of the file that it stands in. */
type Case = string[] | { path: string; text: string[] }

type Proofs = Record<string, { positives: Case[]; negatives: Case[] }>

function scan(proof: Case) {
  const { path, text } = Array.isArray(proof) ? { path: 'src/settings', text: proof } : proof
  return scanner.scanFile({ path, bytes: Buffer.from(text.join('')) }).findings
}

const proofs = new Map<string, Proofs>(
  ruleFiles.map((name) => {
    const proofName = name.replace('.yaml', '.test.yaml')
    return [proofName, names.includes(proofName) ? parse(textOf(proofName)) : {}]
  }),
)

describe('the rules', () => {
  it('all have proofs, and all proofs have rules', () => {
    const proven = [...proofs.values()].flatMap((file) => Object.keys(file))
    expect(proven.sort()).toEqual(rules.map(({ id }) => id))
  })

  it('are the same when they were compiled', () => {
    expect(readCompiledSecretRules(compileSecretRules(rules))).toEqual(rules)
  })

  it('explain themselves', () => {
    for (const { id, title, description, remediation, references } of rules) {
      expect(title.length, id).toBeLessThanOrEqual(60)
      expect(description, id).toMatch(/\.$/)
      expect(remediation, id).toMatch(/\.$/)
      for (const reference of references) expect(new URL(reference).protocol, id).toBe('https:')
    }
  })
})

for (const [name, file] of proofs) {
  describe(name, () => {
    for (const [id, { positives, negatives }] of Object.entries(file)) {
      it.each(positives.map((proof, index) => [index + 1, proof] as const))(
        `${id} finds case %i`,
        (_, proof) => {
          expect(scan(proof).map(({ ruleId }) => ruleId)).toContain(id)
        },
      )

      it.each(negatives.map((proof, index) => [index + 1, proof] as const))(
        `${id} ignores case %i`,
        (_, proof) => {
          expect(scan(proof).map(({ ruleId }) => ruleId)).not.toContain(id)
        },
      )
    }
  })
}
