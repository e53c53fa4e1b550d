// Finds tokens that were encoded in base64 once more, as variables of CI and manifests hold them.
import type { PatternRule } from './compile.ts'
import { startCharsMin } from './encoded-start.ts'
import { isGenuine } from './placeholder.ts'
import { record, type Search } from './search.ts'

/** False when the time ran out. `offsets` are where such a beginning stands, in any case. */
export function findEncoded(search: Search, offsets: readonly number[]): boolean {
  let after = 0
  for (const offset of offsets) {
    if (search.expired()) return false
    if (offset < after || isInside(search.text.charCodeAt(offset - 1))) continue
    const [run = ''] = encodedRun.exec(search.text.slice(offset, offset + runCharsMax)) ?? []
    const rules = search.rules.encoded.get(run.slice(0, startCharsMin)) ?? []
    if (rules.length === 0) continue
    after = offset + run.length
    const decoded = Buffer.from(run, 'base64').toString('latin1')
    for (const rule of rules) matchDecoded(search, rule, { decoded, start: offset, end: after })
  }
  return true
}

const encodedRun = /^[A-Za-z0-9+/]{20,}={0,2}/
const runCharsMax = 2_000

function matchDecoded(
  search: Search,
  rule: PatternRule,
  { decoded, start, end }: { decoded: string; start: number; end: number },
): void {
  if (!/^[\x20-\x7e\s]+$/.test(decoded)) return
  rule.pattern.lastIndex = 0
  const value = rule.pattern.exec(decoded)?.groups?.secret
  if (value === undefined || !isGenuine(value, search.strict)) return
  record(search, rule, { start, end, value })
}

const isInside = (code: number) => /[A-Za-z0-9+/]/.test(String.fromCharCode(code))
