// Rules as data: reads rules/secrets/*.yaml strictly, with errors that say which rule of which
// file is wrong, what stands there and what is accepted. Written by hand rather than with a
// schema library, because every `panthera scan` waits for it.
import { parseDocument } from 'yaml'
import { severities } from '../finding.ts'
import { checkNames } from './check.ts'
import { Fields, RuleError } from './fields.ts'
import { checkPattern } from './pattern.ts'
import { type Allow, assignmentStyles, type Form, type SecretRule } from './rule-data.ts'

export { compileSecretRules, readCompiledSecretRules } from './compiled-rules.ts'
export type { SecretRule } from './rule-data.ts'

import { places } from './place.ts'

export interface RuleText {
  /** For error messages only. */
  path: string
  text: string
}

/**
 * Reads rule files, which look like this; what stands at the top holds for all its rules:
 *
 *     provider: Example
 *     references: [https://example.com/docs/keys]
 *     remediation: Revoke the key in the console, create another one, keep it out of the code.
 *     rules:
 *       - id: example-api-key
 *         title: Example API key
 *         severity: high
 *         description: What it opens. Who can use it.
 *         aliases: [gitleaks:example-token]   # what other tools call the same; optional
 *         keywords: [exk_]
 *         pattern: '\b(?<secret>exk_[a-z0-9]{32})\b'
 *         entropy: 3
 *
 * In a pattern blanks are layout; write `\x20` for one.
 *
 * Rules come back sorted by id. Throws `RuleError` for the first thing wrong.
 */
export function parseSecretRules(files: readonly RuleText[]): SecretRule[] {
  const rules = files.flatMap(parseFile)
  rules.sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const [index, rule] of rules.entries()) {
    if (rules[index + 1]?.id === rule.id) throw new RuleError(`two rules have the id ${rule.id}`)
  }
  return rules
}

function parseFile({ path, text }: RuleText): SecretRule[] {
  const document = parseDocument(text, { uniqueKeys: true })
  const problem = document.errors[0]
  if (problem !== undefined) throw new RuleError(`${path}: ${problem.message}`)
  const file = new Fields(document.toJS({ maxAliasCount: 0 }), path)
  const shared: Shared = {
    provider: file.text('provider'),
    remediation: file.textOr('remediation', null),
    references: file.listOr('references', []),
  }
  const entries = file.items('rules')
  file.nothingElse()
  return entries.map((entry, index) => {
    const id = (entry as { id?: unknown } | null)?.id
    return parseRule(new Fields(entry, `${path}: rules[${index}] (${id})`), shared)
  })
}

interface Shared {
  provider: string
  remediation: string | null
  references: string[]
}

function parseRule(fields: Fields, shared: Shared): SecretRule {
  const rule: SecretRule = {
    id: fields.matching('id', /^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case words joined by hyphens'),
    provider: shared.provider,
    title: fields.text('title'),
    severity: fields.oneOf('severity', severities),
    description: fields.text('description'),
    remediation: fields.textOr('remediation', shared.remediation) ?? fields.text('remediation'),
    cweId: fields.matchingOr('cwe', /^CWE-\d{1,5}$/, 'like CWE-798', 'CWE-798'),
    references: fields.listOr('references', shared.references),
    aliases: parseAliases(fields),
    keywords: fields.listOr('keywords', []),
    form: parseForm(fields),
    entropyMin: fields.numberOr('entropy', 0, 8, 0),
    check: fields.oneOfOr('check', checkNames, null),
    allow: parseAllow(fields),
  }
  fields.nothingElse()
  checkKeywords(rule, fields)
  return rule
}

function parseAliases(fields: Fields): string[] {
  const aliases = fields.listOr('aliases', [])
  const wrong = aliases.find((alias) => !/^[a-z][a-z-]{1,30}:[\w.-]{2,80}$/.test(alias))
  if (wrong === undefined) return aliases
  throw new RuleError(`${fields.where}: alias ${JSON.stringify(wrong)} must be like tool:rule-id`)
}

function parseForm(fields: Fields): Form {
  const kinds = ['pattern', 'assignment', 'url', 'key-block', 'manifest'] as const
  const kind = fields.exactlyOne(kinds)
  if (kind === 'pattern') {
    const pattern = takePattern(fields, 'pattern')
    if (!pattern.includes('(?<secret>')) {
      throw new RuleError(`${fields.where}: pattern needs one group (?<secret>…)`)
    }
    return { kind, pattern, reach: fields.numberOr('reach', 1, reachMax, reachDefault) }
  }
  if (kind === 'assignment') {
    const style = fields.oneOf('assignment', assignmentStyles)
    const name = fields.has('name') ? takePattern(fields, 'name') : null
    const value = style === 'shape' || fields.has('value') ? takePattern(fields, 'value') : null
    return { kind, style, name, value }
  }
  if (kind === 'url') return { kind, schemes: fields.list('url') }
  if (kind === 'manifest') {
    fields.oneOf('manifest', ['kubernetes-secret'])
    return { kind }
  }
  return { kind, encrypted: fields.oneOf('key-block', ['plain', 'encrypted']) === 'encrypted' }
}

/** Blanks in a pattern are there for layout, so that a long one may be folded. */
function takePattern(fields: Fields, key: string): string {
  const pattern = fields.text(key).replace(/\s+/g, '')
  checkPattern(pattern, `${fields.where}: ${key}`)
  return pattern
}

/** How far around a keyword a pattern is looked for, in bytes. */
const reachDefault = 200
const reachMax = 8192

function parseAllow(fields: Fields): Allow {
  const allow = fields.childOr('allow')
  if (allow === null) return { values: [], paths: [], places: [] }
  const values = allow.listOr('values', [])
  const paths = allow.listOr('paths', [])
  for (const pattern of [...values, ...paths]) checkPattern(pattern, allow.where)
  const parsed = { values, paths, places: allow.listOfOr('places', places) }
  allow.nothingElse()
  return parsed
}

function checkKeywords(rule: SecretRule, fields: Fields): void {
  for (const keyword of rule.keywords) {
    if (!/^[\x20-\x40\x5b-\x7e]{2,40}$/.test(keyword)) {
      throw new RuleError(
        `${fields.where}: keyword ${JSON.stringify(keyword)} must be 2 to 40 ASCII characters ` +
          'without capitals',
      )
    }
  }
  if (rule.keywords.length === 0 && rule.form.kind === 'pattern') {
    throw new RuleError(`${fields.where}: a pattern needs keywords, or it would read every byte`)
  }
}
