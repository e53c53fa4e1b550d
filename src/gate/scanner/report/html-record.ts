// One record of the HTML report: a finding with its code, or a package with what is known of it.
import type { Excerpt, Finding, PackageSubject, Step } from '../finding.ts'
import { engineNames } from './engine-name.ts'
import { escapeMarkup } from './escape.ts'
import { mostFixing } from './most-fixing.ts'
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
    ...(steps.length > 1 ? [stepsHtml(steps)] : []),
    ...(excerpt === null ? [] : [excerptHtml(excerpt)]),
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
  const rows = findings.map(({ severity, title, subject, references }) => {
    const { aliases, fixedVersions } = subject as PackageSubject
    const [reference] = references
    const ids = aliases.map((id) => escapeMarkup(id)).join(', ')
    const linked = reference === undefined ? ids : link(reference, ids)
    const fixed = fixedVersions[0] ?? 'no version'
    const cells = [badge(severity), linked, escapeMarkup(title), `fixed in ${escapeMarkup(fixed)}`]
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  return record(worst, escapeMarkup(`${name} ${version}`), [
    `<div class="wide"><table>${rows.join('\n')}</table></div>`,
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

function excerptHtml({ startLine, lines, mark }: Excerpt): string {
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

function stepsHtml(steps: readonly Step[]): string {
  const items = steps.map(({ path, line, label, code: text }, index) => {
    const role = index === 0 ? 'source' : index === steps.length - 1 ? 'sink' : ''
    const name = role === '' ? '' : `<b class="role">${role}</b> `
    const shown = text === undefined ? '' : `<code class="step">${escapeMarkup(text.trim())}</code>`
    const place = `<span class="place">${code(`${path}:${line}`)}</span>`
    return `<li>${name}${escapeMarkup(label)} ${place}${shown}</li>`
  })
  return `<ol class="steps">\n${items.join('\n')}\n</ol>`
}
