// Checks of infrastructure as data: reads rules/infrastructure/<platform>/*.yaml strictly, with
// errors that say which rule of which file is wrong, what stands there and what is accepted.
//
//     platform: terraform
//     references: [https://example.com/what-this-file-is-about]
//     rules:
//       - id: aws-security-group-ssh-public
//         title: SSH open to the internet
//         severity: high
//         cwe: CWE-284                          # optional
//         description: What is wrong. What may happen.
//         remediation: What to write instead.
//         aliases: [checkov:CKV_AWS_24]         # what other tools call the same; optional
//         resources: [aws_security_group, aws_db_*]
//         where: { path: enabled, equals: true, missing: true }      # optional: looks only then
//         fails:                                # fires when true; or `requires`: fires when false
//           some: ingress[*]
//           with:                               # about this one item; a list means all of them
//             - some: cidr_blocks[*]
//               public-cidr: true
//             - any:
//                 - { path: protocol, in: ["-1", all] }
//                 - { ports: { from: from_port, to: to_port }, covers: [22] }
//         note: 'Open to {value}.'              # optional: {value}, {path}, {address}
//
// A condition is true, false, or not known; a rule never fires by what is not known. It is
//
//     { all: [...] }  { any: [...] }  { none: [...] }         each a list or a single condition
//     { path: p, <test> }            p without wildcards, the usual one
//     { some: p, <test> }            for at least one of the values at p
//     { every: p, <test> }           for all of them
//     { ports: { from: p, to: p }, covers: [22, 3389] }
//     { related: [types], via: p, key: p, with: ... }
//     { exists: [types], with: ... } any other resource of the same scope
//
// and a test is one of
//
//     present: true     absent: true     empty: true          null counts as absent
//     equals: x         in: [x, y]       true = "true", 5 = "5"; the case of letters counts
//     matches: regex    contains: text, or a list of which one is contained
//     less: 5           greater: 5
//     public-cidr: true                  0.0.0.0/0, ::/0, *, Internet, and ranges nearly as wide
//     covers-port: [22]                  22, "22", "20-25", "*"
//     with: condition                    paths are relative to the value
//
// `missing: true` makes a test hold where nothing stands at the path: without it, `fails` passes
// what is missing, and `requires` does not. Paths are described in path.ts. An attribute that is
// missing before a `[*]` or `.*` has no items: nothing to fail.
//
// `related` holds when another resource of these types refers to this one, or this one to it,
// through the attribute `via` of either (any attribute unless given). Known texts refer by
// equality: to the attribute `key` of the other. `with` is about the other resource's body.
//
// The finding stands at the value that decided last, so the condition at fault comes last in a
// list; where it is missing, at what it is missing from. Each item of an outermost `some` (or, in
// `requires`, `every`) is a finding of its own.
import { parseDocument } from 'yaml'
import { severities } from '../../finding.ts'
import { Fields, RuleError } from '../../secrets/fields.ts'
import { platforms } from '../resource.ts'
import { parseCondition } from './condition.ts'
import type { CheckRule } from './rule-data.ts'

export { compileCheckRules, readCompiledCheckRules } from './compiled-rules.ts'
export type { CheckRule } from './rule-data.ts'

export interface RuleText {
  /** For error messages only. */
  path: string
  text: string
}

/** Rules sorted by id. Throws `RuleError` for the first thing wrong. */
export function parseCheckRules(files: readonly RuleText[]): CheckRule[] {
  const rules = files.flatMap(parseFile)
  rules.sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const [index, rule] of rules.entries()) {
    if (rules[index + 1]?.id === rule.id) throw new RuleError(`two rules have the id ${rule.id}`)
  }
  return rules
}

function parseFile({ path, text }: RuleText): CheckRule[] {
  const document = parseDocument(text, { uniqueKeys: true })
  const problem = document.errors[0]
  if (problem !== undefined) throw new RuleError(`${path}: ${problem.message}`)
  const file = new Fields(document.toJS({ maxAliasCount: 100 }), path)
  const shared = {
    platform: file.oneOf('platform', platforms),
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

type Shared = Pick<CheckRule, 'platform' | 'references'> & { remediation: string | null }

function parseRule(fields: Fields, shared: Shared): CheckRule {
  const verdict = fields.exactlyOne(['fails', 'requires'])
  const rule: CheckRule = {
    id: fields.matching('id', /^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case words joined by hyphens'),
    platform: shared.platform,
    title: fields.text('title'),
    severity: fields.oneOf('severity', severities),
    description: fields.text('description'),
    remediation: fields.textOr('remediation', shared.remediation) ?? fields.text('remediation'),
    cweId: fields.has('cwe') ? fields.matching('cwe', /^CWE-\d{1,5}$/, 'like CWE-284') : null,
    references: fields.listOr('references', shared.references),
    aliases: parseAliases(fields),
    resources: parseTypes(fields, 'resources'),
    where: fields.has('where')
      ? parseCondition(fields.anything('where'), `${fields.where}: where`)
      : null,
    condition: parseCondition(fields.anything(verdict), `${fields.where}: ${verdict}`),
    firesOn: verdict === 'fails',
    note: fields.textOr('note', null),
  }
  fields.nothingElse()
  return rule
}

function parseAliases(fields: Fields): string[] {
  const aliases = fields.listOr('aliases', [])
  const wrong = aliases.find((alias) => !/^[a-z][a-z-]{1,30}:[\w./-]{2,80}$/.test(alias))
  if (wrong !== undefined) {
    throw new RuleError(`${fields.where}: alias ${JSON.stringify(wrong)} must be like tool:ID`)
  }
  return aliases
}

function parseTypes(fields: Fields, key: string): string[] {
  const types = fields.list(key)
  const wrong = types.find((type) => !/^[\w./-]+\*?$/.test(type))
  if (wrong !== undefined || types.length === 0) {
    throw new RuleError(`${fields.where}: ${key} must name types, like aws_s3_bucket or aws_db_*`)
  }
  return types
}
