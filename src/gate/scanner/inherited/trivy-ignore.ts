// `.trivyignore`: an id a line, perhaps with `exp:2026-01-31`; and `.trivyignore.yaml`, which also
// knows paths, packages and reasons.
import { LineCounter, parseDocument } from 'yaml'
import type { ScanType } from '../finding.ts'
import { type Accepted, accepted } from './accepted.ts'

export function readTrivyIgnore(text: string, source: string): Accepted[] {
  return text.split(/\r?\n/).flatMap((content, index) => {
    const hash = content.indexOf('#')
    const entry = hash === -1 ? content : content.slice(0, hash)
    const [id = '', ...fields] = entry.trim().split(/\s+/)
    if (!idForm.test(id)) return []
    const expires = fields.flatMap((field) => /^exp:(\d{4}-\d{2}-\d{2})$/.exec(field)?.[1] ?? [])
    const reason = (hash === -1 ? '' : content.slice(hash + 1).trim()) || null
    const about = { source, line: index + 1, tool: 'trivy', id, speaksFor: kindsOf(id) }
    return accepted({ ...about, reason, expires: expires[0] ?? null })
  })
}

export function readTrivyIgnoreYaml(text: string, source: string): Accepted[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false })
  const [error] = document.errors
  if (error !== undefined) throw error
  return Object.entries(sections).flatMap(([section, speaksFor]) => {
    const entries: unknown = document.toJS({ maxAliasCount: 0 })?.[section]
    if (!Array.isArray(entries)) return []
    return entries.flatMap((entry: Entry | null, index) => {
      const id = entry?.id
      if (typeof id !== 'string' || !idForm.test(id)) return []
      const node = document.getIn([section, index], true) as { range?: number[] } | undefined
      const { line } = lines.linePos(node?.range?.[0] ?? 0)
      return accepted({
        source,
        line,
        tool: 'trivy',
        id,
        speaksFor,
        reason: typeof entry?.statement === 'string' ? entry.statement : null,
        expires: dayOf(entry?.expired_at),
        paths: textsOf(entry?.paths),
        packages: textsOf(entry?.purls),
      })
    })
  })
}

interface Entry {
  id?: unknown
  paths?: unknown
  purls?: unknown
  statement?: unknown
  expired_at?: unknown
}

const sections: Readonly<Record<string, readonly ScanType[]>> = {
  vulnerabilities: ['sca'],
  misconfigurations: ['iac'],
  secrets: ['secrets'],
}

const idForm = /^[\w.-]{3,100}$/

function kindsOf(id: string): readonly ScanType[] {
  if (/^(?:CVE|GHSA|PYSEC|RUSTSEC|GO|OSV|MAL)-/.test(id)) return ['sca']
  return /^(?:AVD-|[A-Z]+-\d{4}$)/.test(id) ? ['iac'] : ['iac', 'secrets']
}

function textsOf(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null
  return value.filter((one): one is string => typeof one === 'string')
}

function dayOf(value: unknown): string | null {
  const text = value instanceof Date ? value.toISOString() : value
  return typeof text === 'string' ? (/^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? null) : null
}
