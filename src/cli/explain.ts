// `panthera explain`: everything about a rule, or about a vulnerability of the advisories.
import { defineCommand } from 'citty'
import type { RuleSummary } from '../gate/scanner/finding.ts'
import { didYouMean } from '../gate/scanner/project/did-you-mean.ts'
import { engineNames } from '../gate/scanner/report/engine-name.ts'
import { listRules } from '../gate/source/rule-list.ts'
import { proofsOf, type RuleProof } from '../gate/source/rule-proofs.ts'
import { explainVulnerability } from './explain-vulnerability.ts'
import { type Field, fields } from './page.ts'
import { format, printJson } from './remote.ts'
import { findRules } from './rule-lookup.ts'
import { UsageError } from './usage-error.ts'

export const explain = defineCommand({
  meta: { name: 'explain', description: 'Tell everything about a rule or a vulnerability' },
  args: {
    rule: {
      type: 'positional',
      description: 'an id, what another tool calls it, or a CVE',
      required: true,
    },
    format,
  },
  async run({ args }): Promise<void> {
    if (vulnerabilityForm.test(args.rule)) return explainVulnerability(args.rule, args.format)
    const rules = await listRules()
    const found = findRules(rules, args.rule)
    if (found.length === 0) {
      const known = rules.map(({ id }) => id)
      throw new UsageError(
        `there is no rule "${args.rule}"${didYouMean(args.rule, known)}`,
        'All there are: panthera rules',
      )
    }
    const explained = []
    for (const rule of found) explained.push({ rule, proofs: await proofsOf(rule.id) })
    if (args.format === 'json') {
      return printJson(explained.map(({ rule, proofs }) => ({ ...rule, examples: proofs })))
    }
    const pages = explained.map(({ rule, proofs }) => pageOf(rule, proofs))
    process.stdout.write(`${pages.join('\n\n')}\n`)
  },
})

const vulnerabilityForm = /^(?:CVE|GHSA|PYSEC|RUSTSEC|GO|MAL)-[\w-]+$/

function pageOf(rule: RuleSummary, proofs: readonly RuleProof[]): string {
  const { id, scanType, severity, title, description, remediation, cweId, references } = rule
  const weakness = /^CWE-(\d+)$/.exec(cweId ?? '')?.[1]
  const page: Field[] = [
    ['Severity', severity],
    ['Engine', engineNames[scanType]],
    ...(weakness === undefined
      ? []
      : ([
          ['Weakness', `CWE-${weakness}  https://cwe.mitre.org/data/definitions/${weakness}.html`],
        ] satisfies Field[])),
    ['Why', description],
    ['Fix', remediation],
    ...proofs.flatMap(({ language, found, passed }): Field[] => [
      [`Found in ${language}`, found],
      ...(passed.length === 0
        ? []
        : [['and not', passed.map(({ code, reason }) => `${code}   (${reason})`)] satisfies Field]),
    ]),
    ...((rule.aliases ?? []).length === 0
      ? []
      : [['Elsewhere', (rule.aliases ?? []).join(', ')] satisfies Field]),
    ['Accept it', [`panthera-ignore: ${id} -- the reason`, 'or in panthera.yaml, under ignores']],
    ...(references.length === 0 ? [] : [['More', references] satisfies Field]),
  ]
  return `${id}\n${title}\n\n${fields(page)}`
}
