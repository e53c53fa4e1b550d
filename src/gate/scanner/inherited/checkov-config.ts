// `.checkov.yaml`: `skip-check` names checks that count nowhere.
import { LineCounter, parseDocument } from 'yaml'
import { type Accepted, accepted } from './accepted.ts'

export function readCheckovConfig(text: string, source: string): Accepted[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false })
  const [error] = document.errors
  if (error !== undefined) throw error
  const skipped: unknown = document.toJS({ maxAliasCount: 0 })?.['skip-check']
  const ids = typeof skipped === 'string' ? skipped.split(',') : skipped
  if (!Array.isArray(ids)) return []
  return ids.flatMap((value: unknown, index) => {
    const id = String(value).trim()
    // Its patterns (`CKV_AWS*`) and severities (`LOW`) are about checks that are not ours.
    if (!/^(?:CKV\d?|BC)_\w+$/.test(id)) return []
    const node = document.getIn(['skip-check', index], true) as { range?: number[] } | undefined
    const { line } = lines.linePos(node?.range?.[0] ?? 0)
    return accepted({ source, line, tool: 'checkov', id, speaksFor: ['iac'] })
  })
}
