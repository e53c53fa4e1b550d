// What an auditor sees first: the packs that the link opens, and where to read and check each.
import type { EvidenceSummary } from '../packs/schema.ts'
import { html, type Markup } from '../reports/markup.ts'
import { page, timeOf } from '../reports/page.ts'
import type { AuditorLink } from './schema.ts'

export interface Shown {
  link: AuditorLink
  packs: readonly EvidenceSummary[]
  total: number
  limit: number
  offset: number
}

export function auditorPage(shown: Shown): string {
  const { link, packs } = shown
  const body = html`<header>
<p class="eyebrow">Evidence for an audit</p>
<h1>${link.name}</h1>
<dl class="facts">
<dt>Repositories</dt><dd>${link.repositories?.join(', ') ?? 'all'}</dd>
<dt>Frameworks</dt><dd>${link.frameworks?.join(', ') ?? 'all'}</dd>
<dt>Stored</dt><dd>${timeframe(link)}</dd>
<dt>Open until</dt><dd>${timeOf(link.expires_at)}; each read is logged</dd>
</dl>
</header>
<h2>Evidence packs (${shown.total})</h2>
${
  packs.length === 0
    ? html`<p>There is none within what this link opens.</p>`
    : html`<div class="wide"><table>
<thead><tr><th>Repository</th><th>Grade</th><th>Stored</th><th>Verified</th><th>Read</th></tr>
</thead>
<tbody>
${packs.map(row)}</tbody>
</table></div>`
}
${pages(shown)}
<p>A report is for people. The bundle holds all that is needed to verify a pack without this server;
OSCAL is for tools of assessors. The <a href="log/checkpoint">checkpoint</a> of the log is worth
keeping: with it anybody can show later that nothing before it was changed or taken away.</p>`
  return page(`Evidence: ${link.name}`, body)
}

function row(pack: EvidenceSummary): Markup {
  const { id, repository, branch, commit, computed, created_at, verification } = pack
  const to = `evidence/${encodeURIComponent(id)}`
  const isGood = verification.verdict === 'verified'
  return html`<tr>
<td>${repository}<br><span class="soft">${branch} <code>${commit.slice(0, 12)}</code></span></td>
<td class="name"><b>${computed.grade}</b> ${computed.score}</td>
<td class="name">${timeOf(created_at)}</td>
<td class="state ${isGood ? 'pass' : 'fail'}">${isGood ? 'yes' : 'no'}</td>
<td><a href="${to}/report">report</a> · <a href="${to}/report?format=pdf">PDF</a> ·
<a href="${to}/bundle">bundle</a> · <a href="${to}/oscal">OSCAL</a></td>
</tr>
`
}

function pages({ total, limit, offset }: Shown): Markup | null {
  const before =
    offset > 0 ? html`<a href="?offset=${Math.max(0, offset - limit)}">newer</a> ` : null
  const after = offset + limit < total ? html`<a href="?offset=${offset + limit}">older</a>` : null
  return before === null && after === null ? null : html`<p>${before}${after}</p>`
}

function timeframe({ from, to }: AuditorLink): string {
  if (from === null && to === null) return 'at any time'
  const parts = [
    from === null ? '' : `since ${timeOf(from)}`,
    to === null ? '' : `before ${timeOf(to)}`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}
