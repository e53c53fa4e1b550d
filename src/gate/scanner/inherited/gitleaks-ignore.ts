// `.gitleaksignore`: fingerprints of gitleaks, `[commit:]file:rule:line`, one a line.
import { type Accepted, accepted } from './accepted.ts'

export function readGitleaksIgnore(text: string, source: string): Accepted[] {
  let reason: string | null = null
  return text.split(/\r?\n/).flatMap((content, index) => {
    const line = content.trim()
    if (line === '' || line.startsWith('#')) {
      // People put above an entry why it is there.
      reason = line.replace(/^#+\s*/, '') || null
      return []
    }
    const [, commit = null, path = '', id = '', number = ''] = entryForm.exec(line) ?? []
    if (path === '') return []
    const place = { path, line: Number(number), commit }
    const about = { source, line: index + 1, tool: 'gitleaks', id, place, reason }
    return accepted({ ...about, speaksFor: ['secrets'] })
  })
}

const entryForm = /^(?:([0-9a-f]{7,64}):)?(.+):([\w.-]+):(\d{1,9})$/
