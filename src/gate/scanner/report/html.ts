// The report as one HTML file: nothing is loaded, it can be read without its script, and nothing of
// what was scanned can run in it.
import { createHash } from 'node:crypto'
import { severities } from '../finding.ts'
import type { Suppressed } from '../suppressed.ts'
import { escapeMarkup } from './escape.ts'
import { type Gap, gapLine, warnings } from './gaps.ts'
import { recordHtml } from './html-record.ts'
import { script, style } from './html-style.ts'
import { counted } from './layout.ts'
import { type Chosen, mostSevere } from './most-severe.ts'
import type { Report } from './report.ts'
import { groupsOf } from './text-group.ts'

/** The worst first; at most 2,000 findings, 500 that were set aside and 5,000 packages. */
export async function* writeHtml(report: Report): AsyncGenerator<string> {
  const chosen = await mostSevere(report.findings, findingsMax)
  yield head(report)
  yield summary(report, chosen)
  if (chosen.total > 0) yield filters
  yield `<main>\n<h2>Findings</h2>\n`
  if (chosen.total === 0) yield '<p>Nothing was found in what was looked at.</p>\n'
  yield '<div id="records">\n'
  for (const group of groupsOf(chosen.findings)) yield recordHtml(group)
  yield '</div>\n'
  if (chosen.total > chosen.findings.length) {
    const left = chosen.total - chosen.findings.length
    yield `<p>${counted(left, 'less severe finding')} not shown; the other formats list all.</p>\n`
  }
  yield* suppressedTable(report)
  yield packageTable(report)
  yield coverage(report)
  yield `</main>\n<script>${script}</script>\n</body>\n</html>\n`
}

const findingsMax = 2_000
const suppressedMax = 500
const packagesMax = 5_000
const gapsMax = 50

function head({ tool, project, createdAt }: Report): string {
  const policy = [
    `default-src 'none'`,
    `style-src '${sha256(style)}'`,
    `script-src '${sha256(script)}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ')
  const shownTime = createdAt.replace('T', ' ').replace('Z', ' UTC')
  const revision =
    project.revision === null
      ? ''
      : ` at <code>${escapeMarkup(project.revision.slice(0, 12))}</code>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(project.name)}: ${escapeMarkup(tool.name)} report</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeMarkup(project.name)}</h1>
<p>Scanned by ${escapeMarkup(tool.name)} ${escapeMarkup(tool.version)}${revision},
<time datetime="${escapeMarkup(createdAt)}">${escapeMarkup(shownTime)}</time></p>
`
}

const sha256 = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

function summary(
  { coverage, advisories, packages, gaps = [] }: Report,
  { counts }: Chosen,
): string {
  const tiles = severities
    .map((severity) => `<li class="${severity}"><b>${counts[severity]}</b> ${severity}</li>`)
    .join('\n')
  const facts = [
    `${counted(coverage.files, 'file')} scanned`,
    ...(packages.length > 0 ? [counted(packages.length, 'package')] : []),
    ...(advisories === null ? [] : [`advisories of ${escapeMarkup(advisories)}`]),
    ...(coverage.suppressed > 0 ? [`${coverage.suppressed} set aside`] : []),
  ]
  const lists = `<ul class="tiles">\n${tiles}\n</ul>\n<p>${facts.join(', ')}</p>\n`
  return `${lists}${warning(coverage, gaps)}</header>\n`
}

function warning({ complete }: Report['coverage'], gaps: readonly Gap[]): string {
  const told = warnings(gaps)
  if (complete && told.length === 0) return ''
  const what = complete
    ? 'Not all was compared with known vulnerabilities:'
    : 'The scan is incomplete: what was not looked at may hold more.'
  const items = told.slice(0, gapsMax).map((gap) => `<li>${escapeMarkup(gapLine(gap))}</li>\n`)
  const left = told.length - items.length
  const more = left > 0 ? `<li>and ${left} more</li>\n` : ''
  const list = items.length === 0 ? '' : `<ul>\n${items.join('')}${more}</ul>\n`
  return `<div class="warning">\n<p>${what}</p>\n${list}</div>\n`
}

function checkbox(severity: string): string {
  return `<label><input type="checkbox" value="${severity}" checked> ${severity}</label>`
}

const filters = `<form id="filters" hidden>
<label>Filter <input type="search" id="words" placeholder="rule, path, package, CVE"></label>
<fieldset><legend>Severity</legend>
${severities.map(checkbox).join('\n')}
</fieldset>
<output id="shown" aria-live="polite"></output>
</form>
`

async function* suppressedTable({ suppressed }: Report): AsyncGenerator<string> {
  const rows: string[] = []
  let left = 0
  for await (const one of suppressed) {
    if (rows.length < suppressedMax) rows.push(suppressedRow(one))
    else left++
  }
  if (rows.length === 0) return
  const headings = ['Rule', 'Where', 'Accepted by', 'Reason']
  yield `<details>\n<summary><h2>Set aside (${rows.length + left})</h2></summary>\n`
  yield table(headings, rows)
  if (left > 0) yield `<p>${left} more are not shown.</p>\n`
  yield '</details>\n'
}

function suppressedRow({ finding, source, reason }: Suppressed): string {
  const { ruleId, location } = finding
  const place = location === null ? '' : `${location.path}:${location.line}`
  return row([
    code(ruleId),
    code(place),
    escapeMarkup(source),
    escapeMarkup(reason ?? 'none given'),
  ])
}

function packageTable({ packages }: Report): string {
  if (packages.length === 0) return ''
  const rows = packages
    .slice(0, packagesMax)
    .map(({ name, version, range, ecosystem, place, licence, development }) =>
      row([
        escapeMarkup(name),
        escapeMarkup(version ?? range ?? ''),
        ecosystem,
        code(place.path),
        escapeMarkup(licence ?? ''),
        development ? 'development' : '',
      ]),
    )
  const headings = ['Package', 'Version', 'Ecosystem', 'Named in', 'Licence', 'For']
  const left = packages.length - rows.length
  const more = left > 0 ? `<p>${left} more are not shown.</p>\n` : ''
  return (
    `<details>\n<summary><h2>Packages (${packages.length})</h2></summary>\n` +
    `${table(headings, rows)}${more}</details>\n`
  )
}

function coverage({ coverage: seen, rules }: Report): string {
  const skipped = Object.entries(seen.skipped).filter(([, count]) => count > 0)
  const rows = skipped.map(([reason, count]) => row([escapeMarkup(reason), String(count)]))
  const seconds = (seen.durationMs / 1000).toFixed(1)
  const megabytes = (seen.bytes / 1e6).toFixed(1)
  const left = rows.length === 0 ? '' : table(['Left out because', 'Files'], rows)
  return (
    '<details>\n<summary><h2>What was looked at</h2></summary>\n' +
    `<p>${counted(seen.files, 'file')}, ${megabytes} MB, with ${counted(rules.length, 'rule')} ` +
    `in ${seconds} s.</p>\n${left}</details>\n`
  )
}

const code = (text: string) => `<code>${escapeMarkup(text)}</code>`
const row = (cells: readonly string[]) =>
  `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>\n`

function table(headings: readonly string[], rows: readonly string[]): string {
  const cells = headings.map((heading) => `<th scope="col">${heading}</th>`).join('')
  const body = rows.join('')
  return `<div class="wide"><table>\n<tr>${cells}</tr>\n${body}</table></div>\n`
}
