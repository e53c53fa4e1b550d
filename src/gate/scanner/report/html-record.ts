// One record of the HTML report: a finding with its code, or a package with what is known of it.
import type { Excerpt, Finding, PackageSubject, Step } from '../finding.ts'
import { engineNames } from './engine-name.ts'
import { escapeMarkup } from './escape.ts'
import { markOf } from './frame.ts'
import { aboutVulnerability, mostFixing } from './most-fixing.ts'
import type { Group } from './text-group.ts'

export function recordHtml(group: Group): string {
  return group.kind === 'package' ? packageHtml(group.findings) : findingHtml(group)
}

function findingHtml({ finding, further }: Extract<Group, { kind: 'finding' }>): string {
  const { ruleId, title, description, remediation, excerpt, steps, subject, origin } = finding
  const also = further.map(({ location }) => (location === null ? '' : String(location.line)))
  return record(finding, escapeMarkup(title), [
    `<p>${escapeMarkup(description)}</p>`,
    ...(subject?.kind === 'resource' ? [fact('Resource', code(subject.address))] : []),
    ...(steps.length > 1 ? [stepsHtml(finding)] : []),
    ...(excerpt === null ? [] : [excerptHtml(excerpt, finding.location)]),
    ...ratedHtml(finding),
    fact('Fix', escapeMarkup(remediation)),
    ...(also.length === 0
      ? []
      : [fact('Also', `in ${also.length} more lines of this file: ${also.join(', ')}`)]),
    ...(origin === null ? [] : [fact('Commit', code(origin.commit.slice(0, 12)))]),
    fact('Rule', [code(ruleId), ...weaknessOf(finding)].join(', ')),
    ...links(finding.references),
  ])
}

function packageHtml(findings: readonly [Finding, ...Finding[]]): string {
  const [worst] = findings
  const { name, version, path } = worst.subject as PackageSubject
  const rows = findings.map((one) => {
    const { severity, subject, references } = one
    const { aliases, fixedVersions } = subject as PackageSubject
    const [reference] = references
    const [id = '', ...others] = aliases.map((alias) => escapeMarkup(alias))
    const first = reference === undefined ? id : link(reference, id)
    const linked = [first, ...others].join(', ')
    const fixed = fixedVersions[0] ?? 'no version'
    const what = escapeMarkup(aboutVulnerability(one))
    const cells = [badge(severity), linked, what, `fixed in ${escapeMarkup(fixed)}`]
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  return record(worst, escapeMarkup(`${name} ${version}`), [
    `<div class="wide"><table>${rows.join('\n')}</table></div>`,
    ...ratedHtml(worst),
    ...(path.length > 1 ? [fact('Path', path.map((key) => code(key)).join(' › '))] : []),
    fact('Fix', escapeMarkup(mostFixing(findings).remediation)),
  ])
}

/** Open where it is bad, so that the page reads without a click. */
function record(finding: Finding, heading: string, body: readonly string[]): string {
  const { severity, scanType, location } = finding
  const place = location === null ? 'in the history' : `${location.path}:${location.line}`
  const open = severity === 'critical' || severity === 'high' ? ' open' : ''
  return `<details class="record" data-severity="${severity}"${open}>
<summary>${badge(severity)} <span class="title">${heading}</span>
<span class="place"><code>${escapeMarkup(place)}</code> ${engineNames[scanType]}</span></summary>
${body.join('\n')}
</details>
`
}

const badge = (severity: string) => `<span class="badge ${severity}">${severity}</span>`
const code = (text: string) => `<code>${escapeMarkup(text)}</code>`
const fact = (name: string, html: string) =>
  `<p class="fact"><b>${name}</b> <span>${html}</span></p>`

function ratedHtml({ rated }: Finding): string[] {
  if (rated === undefined) return []
  return [fact('Severity', `${rated.from}, changed by ${code(rated.by)}`)]
}

function weaknessOf({ cweId }: Finding): string[] {
  const number = /^CWE-(\d+)$/.exec(cweId ?? '')?.[1]
  if (number === undefined) return []
  return [link(`https://cwe.mitre.org/data/definitions/${number}.html`, `CWE-${number}`)]
}

function links(references: readonly string[]): string[] {
  if (references.length === 0) return []
  return [fact('More', references.map((url) => link(url, escapeMarkup(url))).join(', '))]
}

/** Of what is no web address only the text is shown. */
function link(url: string, html: string): string {
  if (!/^https?:\/\//.test(url)) return html
  return `<a href="${escapeMarkup(url)}" rel="noreferrer noopener">${html}</a>`
}

function excerptHtml(excerpt: Excerpt, location: Finding['location']): string {
  const { startLine, lines } = excerpt
  const mark = markOf(excerpt, location)
  const rows = lines.map((text, index) => {
    const number = startLine + index
    const marked = mark?.line === number ? mark : null
    const shown =
      marked === null
        ? escapeMarkup(text)
        : [
            escapeMarkup(text.slice(0, marked.column - 1)),
            `<mark>${escapeMarkup(text.slice(marked.column - 1, marked.endColumn - 1))}</mark>`,
            escapeMarkup(text.slice(marked.endColumn - 1)),
          ].join('')
    return `<span class="line"><span class="number">${number}</span>${shown}</span>`
  })
  return `<pre tabindex="0">${rows.join('\n')}</pre>`
}

/** Of lines that the excerpt shows, or the step before, not again. */
function stepsHtml({ steps, location, excerpt }: Finding): string {
  const isShown = ({ path, line }: Step, index: number) => {
    const before = steps[index - 1]
    if (before?.path === path && before.line === line) return true
    return excerpt !== null && location?.path === path && location.line === line
  }
  const items = steps.map((step, index) => {
    const { path, line, label, code: text } = step
    const role = index === 0 ? 'source' : index === steps.length - 1 ? 'sink' : ''
    const name = role === '' ? '' : `<b class="role">${role}</b> `
    const known = text === undefined || isShown(step, index)
    const shown = known ? '' : `<code class="step">${escapeMarkup(text.trim())}</code>`
    const place = `<span class="place">${code(`${path}:${line}`)}</span>`
    return `<li>${name}${escapeMarkup(label)} ${place}${shown}</li>`
  })
  return `<ol class="steps">\n${items.join('\n')}\n</ol>`
}
