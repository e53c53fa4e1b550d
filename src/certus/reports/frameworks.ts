// The controls of each framework as one pack shows them: tested ones with their chains, then those
// that nobody tested.
import { confidences } from '../seal/controls/framework.ts'
import { severities } from '../seal/grade/score.ts'
import { type Assessed, isSatisfied } from '../seal/oscal/findings.ts'
import type { ReportFacts } from './facts.ts'
import { html, type Markup } from './markup.ts'

const stateWords = { pass: 'pass', fail: 'fail', partial: 'partial', not_tested: 'not tested' }

export function frameworkSections(frameworks: ReportFacts['frameworks']): Markup {
  if (frameworks.length === 0) return html`<p>No control of any framework was tested.</p>`
  return html`${frameworks.map(section)}`
}

function section({ framework, assessed }: ReportFacts['frameworks'][number]): Markup {
  const tested = new Set(assessed.map(({ control }) => control))
  const open = framework.controls.filter(({ id }) => !tested.has(id))
  const ids = open.map(({ id }) => id).join(', ')
  const untested = html`<p class="ids"><b>Not tested (${open.length}):</b> ${ids}</p>`
  return html`<section>
<h3>${framework.title} <span class="soft">${framework.version}</span></h3>
<p>${tested.size} of ${framework.controls.length} controls tested: ${summary(assessed)}.</p>
${assessed.length === 0 ? null : table(assessed)}
${open.length === 0 ? null : untested}
</section>
`
}

function summary(assessed: readonly Assessed[]): string {
  const states = Map.groupBy(assessed, stateOf)
  const said = (['fail', 'partial', 'pass'] as const).flatMap((state) => {
    const count = states.get(state)?.length ?? 0
    return count === 0 ? [] : [`${count} ${stateWords[state]}`]
  })
  return said.join(', ') || 'none'
}

function table(assessed: readonly Assessed[]): Markup {
  const rows = assessed.map((one) => {
    const state = stateOf(one)
    return html`<tr><td class="name">${one.id}</td><td>${one.title}</td>
<td class="state ${state}">${stateWords[state]}</td>
<td>${chains(one)}</td></tr>
`
  })
  return html`<div class="wide"><table>
<thead><tr><th>Control</th><th>What it asks for</th><th>State</th><th>Why</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>`
}

function chains({ result, against }: Assessed): Markup {
  const sent =
    result === null ? 'No result was sent.' : `The sender’s result: ${stateWords[result.status]}.`
  const worstFirst = against.toSorted((a, b) => rankOf(a) - rankOf(b))
  const speaking = worstFirst.map(({ kind, proof, confidence }) => {
    const { cwe, severity, findings } = kind
    const found = html`${findings.length} <span class="${severity}">${severity}</span>`
    const sure = html`<span class="soft">(${confidence})</span>`
    return html`<br>${found} ${cwe ?? 'without CWE'} → ${proof} → this control ${sure}`
  })
  return html`${sent}${speaking}`
}

function stateOf(one: Assessed): 'pass' | 'fail' | 'partial' {
  if (isSatisfied(one)) return 'pass'
  return one.result?.status === 'partial' && !hasSure(one) ? 'partial' : 'fail'
}

function hasSure(one: Assessed): boolean {
  return !isSatisfied({ ...one, result: passing(one) })
}

/** As if its sender had said that it passes: then only findings can be against it. */
function passing({ control }: Assessed): NonNullable<Assessed['result']> {
  return { framework: '', control_id: control, status: 'pass' }
}

function rankOf({ kind, confidence }: Assessed['against'][number]): number {
  return confidences.indexOf(confidence) * severities.length + severities.indexOf(kind.severity)
}
