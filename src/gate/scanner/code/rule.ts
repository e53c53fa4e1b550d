// Reads rules about code. A weakness is one rule with one id in all languages, in
// `rules/code/<id>.yaml`:
//
//     id: sql-injection
//     title: SQL statement built from untrusted input
//     severity: high
//     cwe: CWE-89
//     description: …
//     remediation: …
//     references: [https://…]
//     aliases: [codeql:sql-injection]
//     sources: [request, message]             # or { request: high, library: low }
//     in-tests: false
//
// `rules/code/<language>/<id>.yaml` says what is different in one language, and stands beside the
// proof of the rule in it, `<id>.test.<ext>`. Everything but `rule` may be left out:
//
//     rule: sql-injection
//     severity: high
//     remediation: …
//     references: [https://…]
//     aliases: [bandit:B608]
//
// A weakness of one language alone stands there whole, with `id` instead of `rule`. Where and when
// a rule applies is said by the sinks and misuses of `rules/models/`, which name it.
import { parseDocument } from 'yaml'
import { type Severity, severities } from '../finding.ts'
import { Fields, RuleError } from '../secrets/fields.ts'
import type { RuleText } from '../secrets/rule.ts'
import { type Language, languages } from './ir/ir.ts'
import { type LanguageModels, normalised, type SourceKind, sourceKinds } from './model/data.ts'
import { parseModels } from './model/model.ts'
import type { CodeRules, LanguageRule, WeaknessRule } from './rule-data.ts'

/**
 * Paths are relative to `rules/`: `code/…` and `models/…`.
 *
 * @throws {RuleError} for the first thing wrong, also for models that name an unknown rule.
 */
export function parseCodeRules(files: readonly RuleText[]): CodeRules {
  const weaknesses = new Map<string, WeaknessRule>()
  const variants: Variant[] = []
  for (const { path, text } of files.filter((file) => /(?:^|\/)code\//.test(file.path))) {
    const document = parseDocument(text, { uniqueKeys: true })
    const problem = document.errors[0]
    if (problem !== undefined) throw new RuleError(`${path}: ${problem.message}`)
    const fields = new Fields(document.toJS({ maxAliasCount: 0 }), path)
    if (fields.has('rule')) variants.push(parseVariant(fields, path))
    else {
      const rule = parseWeakness(fields)
      if (weaknesses.has(rule.id)) throw new RuleError(`${path}: two rules have the id ${rule.id}`)
      weaknesses.set(rule.id, rule)
    }
  }
  for (const { rule: id, language, where, said } of variants) {
    const rule = weaknesses.get(id)
    if (rule === undefined) throw new RuleError(`${where}: there is no rule ${id}`)
    rule.languages[language] = said
  }
  const models = parseModels(files.filter((file) => /(?:^|\/)models\//.test(file.path)))
  for (const language of models) checkNames(language, weaknesses)
  const sorted = [...weaknesses.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { weaknesses: sorted, models }
}

function parseWeakness(fields: Fields): WeaknessRule {
  const severity = fields.oneOf('severity', severities)
  const rule: WeaknessRule = {
    id: fields.matching('id', /^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case words joined by hyphens'),
    title: fields.text('title'),
    severity,
    description: fields.text('description'),
    remediation: fields.text('remediation'),
    cweId: fields.matching('cwe', /^CWE-\d{1,5}$/, 'like CWE-89'),
    references: fields.listOr('references', []),
    aliases: fields.listOr('aliases', []),
    sources: parseSources(fields, severity),
    inTests: fields.has('in-tests') && fields.raw('in-tests') === true,
    languages: {},
  }
  fields.nothingElse()
  return rule
}

function parseSources(fields: Fields, severity: Severity): WeaknessRule['sources'] {
  if (!fields.has('sources')) return { request: severity, message: severity }
  const value = fields.raw('sources')
  const pairs = Array.isArray(value)
    ? value.map((kind) => [kind, severity] as const)
    : Object.entries(value as Record<string, unknown>)
  const sources: WeaknessRule['sources'] = {}
  for (const [kind, level] of pairs) {
    if (!sourceKinds.includes(kind as SourceKind) || !severities.includes(level as Severity)) {
      fields.refuse('sources', value, `of ${sourceKinds.join(', ')}, or with a severity for each`)
    }
    sources[kind as SourceKind] = level as Severity
  }
  return sources
}

interface Variant {
  rule: string
  language: Language
  where: string
  said: LanguageRule
}

function parseVariant(fields: Fields, path: string): Variant {
  const folder = /(?:^|\/)code\/([^/]+)\/[^/]+$/.exec(path)?.[1]
  const language = languages.find((one) => one === folder)
  if (language === undefined) {
    throw new RuleError(`${path}: must be in code/<language>/, of ${languages.join(', ')}`)
  }
  const rule = fields.text('rule')
  const said = {
    severity: fields.oneOfOr('severity', severities, null),
    remediation: fields.textOr('remediation', null),
    references: fields.listOr('references', []),
    aliases: fields.listOr('aliases', []),
  }
  fields.nothingElse()
  return { rule, language, where: path, said }
}

/** A model that names a rule that is not there would never be heard of. */
function checkNames(models: LanguageModels, rules: ReadonlyMap<string, WeaknessRule>): void {
  const check = (names: readonly string[], where: string): void => {
    for (const name of names) {
      if (name === '*' || name === normalised || rules.has(name)) continue
      throw new RuleError(`models/${models.language}: ${where} names the rule ${name}, unknown`)
    }
  }
  for (const model of [...models.functions, ...models.properties]) {
    const where = model.names.join(', ')
    const named = [...model.sinks, ...model.misuses].map(({ rule }) => rule)
    check([...named, ...model.cleans, ...(model.source?.cleans ?? [])], where)
  }
  for (const model of models.functions) {
    check(
      model.checks.flatMap(({ cleans }) => cleans),
      model.names.join(', '),
    )
  }
  for (const entry of models.entries) {
    check(
      entry.sinks.map(({ rule }) => rule),
      'an entry',
    )
  }
}
