// The report of one pack, for people: what was verified, the grade and the way up, what was found,
// what was tested and what was not, and how to check all of it without this server.

import { acceptedBy, type Effect } from '../exceptions/effect.ts'
import type { Submission } from '../packs/schema.ts'
import { type Grade, grades, severities } from '../seal/grade/score.ts'
import { computedOf, countsOf } from '../seal/grade/submission.ts'
import { wayTo } from '../seal/grade/way.ts'
import type { ReportFacts } from './facts.ts'
import { frameworkSections } from './frameworks.ts'
import { html, type Markup } from './markup.ts'
import { page, timeOf } from './page.ts'

const findingsMax = 500
const wayMax = 12
const exceptionsMax = 200

export function reportPage(facts: ReportFacts): string {
  const { row } = facts
  const body = html`${head(facts)}
<div class="cards">
${verdict(facts)}
${grade(facts)}
</div>
${way(facts)}
${findings(facts)}
<h2>Controls</h2>
<p>What was tested and what was not stand apart: nothing passes because nothing was found.</p>
${frameworkSections(facts.frameworks)}
${exceptions(facts)}
${place(facts)}
<footer>Evidence report of ${row.id}, made from the sealed content. Titles of controls are our own
words and stand for no publisher’s text.</footer>`
  return page(`Evidence report: ${row.repository} ${row.computed.grade}`, body)
}

function head({ row, submission }: ReportFacts): Markup {
  const { commit, branch, pull_request, id, scanned_at, stored_at } = row
  const scanners = Object.entries(submission.scanner_versions ?? {})
  const by = scanners.map(([name, version]) => `${name} ${version}`).join(', ')
  return html`<header>
<p class="eyebrow">Evidence report</p>
<h1>${row.repository}</h1>
<dl class="facts">
<dt>Commit</dt><dd><code>${commit}</code></dd>
<dt>Branch</dt><dd>${branch}${pull_request === null ? null : `, pull request ${pull_request}`}</dd>
<dt>Evidence pack</dt><dd><code>${id}</code></dd>
<dt>Scanned</dt><dd>${scanned_at === null ? 'not told' : timeOf(scanned_at)}</dd>
<dt>Stored</dt><dd>${timeOf(stored_at)}</dd>
<dt>By</dt><dd>${by === '' ? 'scanners that were not told' : by}</dd>
</dl>
</header>`
}

const checkWords = {
  content: 'Content as it was sealed',
  seal: 'Seal of the sender',
  signature: 'Signature of the server',
  shown: 'Fields as they were signed',
  log: 'Place in the log',
}

function verdict({ checks }: ReportFacts): Markup {
  const failed = checks.filter(({ holds }) => !holds)
  const lines = checks.map(({ check, holds, reason }) => {
    const state = html`<b class="${holds ? 'good' : 'bad'}">${holds ? '✓' : '✗'}</b>`
    const why = reason === undefined ? null : `: ${reason}`
    return html`<li>${state} ${checkWords[check]}${why}</li>
`
  })
  const isGood = failed.length === 0
  return html`<section class="card ${isGood ? 'good' : 'bad'}">
<h2>Verification</h2>
<p><b>${isGood ? 'Verified' : 'Not verified: do not rely on this report'}</b></p>
<ul class="checks">
${lines}</ul>
</section>`
}

function grade({ row, effect }: ReportFacts): Markup {
  const { computed, claimed_grade, claimed_score } = row
  const differs = claimed_grade !== computed.grade || claimed_score !== computed.score
  const tail = differs ? ', which is not what the content comes to' : ''
  return html`<section class="card">
<h2>Grade</h2>
<p class="big">${computed.grade} <small>${computed.score} of 100</small></p>
<p class="soft">Findings ${computed.findings_score}, tested controls
${computed.controls_score ?? 'none'}; the lesser counts. Formula ${computed.formula_version}.</p>
<p class="${differs ? 'fail' : 'soft'}">Claimed: ${claimed_grade} with ${claimed_score}${tail}</p>
${effect === null ? null : withExceptions(effect)}
</section>`
}

function withExceptions({ grade: reached, score, accepted }: Effect): Markup {
  return html`<p>With exceptions: <b>${reached}</b> with ${score}, if
${counted(accepted, 'accepted finding')} counted nothing</p>`
}

function way({ row, submission }: ReportFacts): Markup | null {
  const wanted = nextGrade(row.computed.grade)
  if (wanted === null) return null
  const { mend } = wayTo(wanted, submission.findings)
  const mended = new Set(mend)
  const left = submission.findings.filter((finding) => !mended.has(finding))
  const after = computedOf({ ...submission, findings: left })
  const reaches = grades.indexOf(after.grade) <= grades.indexOf(wanted)
  const said = reaches
    ? `Mending ${counted(mend.length, 'finding')} is enough, and no fewer are.`
    : `Mending findings alone does not reach it: tested controls come to ${after.controls_score}.`
  return html`<section>
<h2>The cheapest way to ${wanted}</h2>
<p>${said}</p>
${
  mend.length === 0
    ? null
    : html`<ol>
${mend.slice(0, wayMax).map(line)}</ol>`
}
${mend.length > wayMax ? html`<p class="soft">and ${mend.length - wayMax} more</p>` : null}
</section>`
}

/** The next better one. */
function nextGrade(grade: Grade): Grade | null {
  return grades[grades.indexOf(grade) - 1] ?? null
}

type Finding = Submission['findings'][number]

function line({ title, severity, file_path, line_number }: Finding): Markup {
  const where = placeOf(file_path, line_number)
  return html`<li><span class="${severity}">${severity}</span> ${title} ${where}</li>
`
}

function placeOf(path: string | null | undefined, lineNumber: number | null | undefined) {
  if (path == null) return null
  return html`<code>${lineNumber == null ? path : `${path}:${lineNumber}`}</code>`
}

function findings({ submission, exceptions }: ReportFacts): Markup {
  const counts = countsOf(submission)
  const isAccepted = acceptedBy(exceptions)
  const worst = submission.findings.toSorted(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity),
  )
  const tiles = severities.map((severity) => {
    const look = counts[severity] > 0 ? `${severity} some` : 'info'
    return html`<li class="${look}"><b>${counts[severity]}</b>${severity}</li>
`
  })
  const shown = worst.slice(0, findingsMax)
  const left = worst.length - shown.length
  const more = `${left} less severe ones are in the pack and not shown here.`
  const none = html`<p>The scan reported nothing, which says nothing of what it does not look
for.</p>`
  return html`<section>
<h2>Findings</h2>
<ul class="counts">
${tiles}</ul>
${shown.length === 0 ? none : findingTable(shown, isAccepted)}
${left > 0 ? html`<p class="soft">${more}</p>` : null}
</section>`
}

function findingTable(shown: readonly Finding[], isAccepted: (one: Finding) => boolean): Markup {
  const rows = shown.map((finding) => {
    const { severity, title, rule_id, cwe_id, file_path, line_number } = finding
    const mark = isAccepted(finding) ? html` <span class="soft">(risk accepted)</span>` : null
    const rule = rule_id === undefined ? null : html`<br><code class="soft">${rule_id}</code>`
    return html`<tr><td class="state ${severity}">${severity}</td><td>${title}${mark}</td>
<td>${placeOf(file_path, line_number)}</td><td>${cwe_id ?? null}${rule}</td></tr>
`
  })
  return html`<div class="wide"><table>
<thead><tr><th>Severity</th><th>Finding</th><th>Place</th><th>Weakness, rule</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>`
}

function exceptions({ exceptions: all }: ReportFacts): Markup {
  if (all.length === 0) {
    return html`<section>
<h2>Exceptions</h2>
<p>No risk is accepted for this repository.</p>
</section>`
  }
  const left = all.length - exceptionsMax
  const rows = all
    .slice(0, exceptionsMax)
    .map(({ about, finding, reason, requested_by, decided_by, expires_at }) => {
      return html`<tr><td>${about.title}<br><code class="soft">${finding}</code></td>
<td>${reason}</td><td>${requested_by.name}</td><td>${decided_by?.name ?? null}</td>
<td class="name">${expires_at.slice(0, 10)}</td></tr>
`
    })
  return html`<section>
<h2>Exceptions</h2>
<p>Risks that two people accepted until a day. The pack’s own grade counts these findings all the
same.</p>
<div class="wide"><table>
<thead><tr><th>Finding</th><th>Reason</th><th>Asked by</th><th>Approved by</th><th>Until</th></tr>
</thead>
<tbody>
${rows}</tbody>
</table></div>
${left > 0 ? html`<p class="soft">${left} more are not shown here.</p>` : null}
</section>`
}

function place({ row, log }: ReportFacts): Markup {
  return html`<section>
<h2>Check it without this server</h2>
<dl class="facts">
<dt>Log</dt><dd><code>${log.origin}</code></dd>
<dt>Entry</dt><dd>${row.log_index} of ${log.size}, counted from 0</dd>
<dt>Content, SHA-256</dt><dd><code>${row.digest.toString('hex')}</code></dd>
<dt>Signing key</dt><dd><code>${log.keyId}</code></dd>
</dl>
<p>Take the pack’s bundle: <code>GET /certus/api/evidence/${row.id}/bundle</code>. It holds the
content, its signature (DSSE, Ed25519), the proof of its place in the log, and a script that checks
all of them. Learn the key’s id from someone else than the one who brings you the bundle.</p>
<pre>npx panthera evidence verify bundle.json --key ${log.keyId}</pre>
<p>Or with nothing but Node: save the bundle’s <code>verifier</code> as <code>verify.mjs</code>,
read it, and run</p>
<pre>node verify.mjs bundle.json ${log.keyId}</pre>
<p>The signature alone can be checked with openssl and jq: save <code>openssl_recipe</code>, read
it, and run it with the same two arguments.</p>
</section>`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
