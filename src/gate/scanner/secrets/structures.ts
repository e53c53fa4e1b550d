// Finds secrets that a standard's syntax marks: armoured private keys and passwords in URLs.
import { isPassword, isToken } from './judge.ts'
import { readKeyBlock } from './key-block.ts'
import { isReference, isStandIn } from './placeholder.ts'
import { demote, record, type Search } from './search.ts'
import { isLocalHost, readUrlPassword, type UrlPassword } from './url.ts'

/** False when the time ran out. Offsets are those of `-----BEGIN`. */
export function findKeyBlocks(search: Search, offsets: readonly number[]): boolean {
  const { plain, encrypted } = search.rules.keyBlocks
  let after = 0
  for (const offset of offsets) {
    if (search.expired()) return false
    if (offset < after) continue
    const block = readKeyBlock(search.text, offset)
    const rule = block?.encrypted ? encrypted : plain
    if (block === null || rule === null) continue
    after = block.end
    const match = record(search, rule, block)
    if (match !== null && search.strict) demote(match)
  }
  return true
}

/** False when the time ran out. Offsets are those after `://`. */
export function findUrlPasswords(search: Search, offsets: readonly number[]): boolean {
  for (const offset of offsets) {
    if (search.expired()) return false
    const found = readUrlPassword(search.text, offset)
    const rule = found === null ? undefined : search.rules.urls.get(found.scheme)
    if (found === null || rule === undefined || !isUrlSecret(found, search.strict)) continue
    const match = record(search, rule, found)
    if (match !== null && search.strict) demote(match)
  }
  return true
}

function isUrlSecret({ user, host, value }: UrlPassword, strict: boolean): boolean {
  const password = percentDecoded(value)
  if (isReference(password) || isReference(user) || value.length < 4) return false
  if (isStandIn(password)) return false
  if (strict) return isToken(password, true)
  return isLocalHost(host) ? password !== user && isPassword(password) : true
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
