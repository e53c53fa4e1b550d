import { expect, it } from 'vitest'
import { rulesOfLanguage } from './language-rules.ts'
import { emptyModels } from './model/data.ts'
import type { CodeRules, WeaknessRule } from './rule-data.ts'

const rule = (id: string): WeaknessRule => ({
  id,
  title: id,
  severity: 'high',
  description: '',
  remediation: '',
  cweId: 'CWE-1',
  references: [],
  aliases: [],
  sources: {},
  inTests: false,
  languages: { java: { severity: 'low', remediation: null, references: [], aliases: [] } },
})
const name = (id: string) => ({
  pattern: '.',
  sinks: [],
  misuses: [{ rule: id, when: [], unless: [] }],
})

it('names the rules that a language has sinks or misuses of, as it says them', () => {
  const rules: CodeRules = {
    weaknesses: [rule('a'), rule('b'), rule('c')],
    models: [
      { ...emptyModels('java'), names: [name('a'), name('c')] },
      { ...emptyModels('python'), names: [name('b')] },
    ],
  }
  expect(rulesOfLanguage(rules, 'java').map(({ id, severity }) => [id, severity])).toEqual([
    ['a', 'low'],
    ['c', 'low'],
  ])
  expect(rulesOfLanguage(rules, 'python').map(({ id }) => id)).toEqual(['b'])
})
