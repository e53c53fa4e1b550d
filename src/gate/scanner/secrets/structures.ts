// Finds secrets that a standard's syntax marks: armoured private keys, Kubernetes Secrets and
// passwords in URLs.
import { anyOf } from './any-of.ts'
import { isPassword, isToken } from './judge.ts'
import type { KeyBlock } from './key-block.ts'
import { type ManifestEntry, readSecretManifest } from './kubernetes.ts'
import { classifyName } from './name.ts'
import { isMadeUp, isReference, isStandIn } from './placeholder.ts'
import { demote, record, type Search } from './search.ts'
import { isLocalHost, readUrlPassword, type UrlPassword } from './url.ts'

type Read = (text: string, at: number) => KeyBlock | null

/** False when the time ran out. `read` reads a key at an offset. */
export function findKeyBlocks(search: Search, offsets: readonly number[], read: Read): boolean {
  const { plain, encrypted } = search.rules.keyBlocks
  let after = 0
  for (const offset of offsets) {
    if (search.expired()) return false
    if (offset < after) continue
    const block = read(search.text, offset)
    const rule = block?.encrypted ? encrypted : plain
    if (block === null || rule === null) continue
    after = block.end
    const match = record(search, rule, block)
    if (match !== null && search.strict) demote(match)
  }
  return true
}

/** False when the time ran out. Offsets are those of `kind: Secret`. */
export function findManifestSecrets(search: Search, offsets: readonly number[]): boolean {
  let after = 0
  for (const offset of offsets) {
    if (search.expired()) return false
    if (offset < after) continue
    const manifest = readSecretManifest(search.text, offset)
    if (manifest === null) continue
    after = manifest.end
    for (const entry of manifest.entries) recordEntry(search, entry)
  }
  return true
}

function recordEntry(search: Search, { name, start, end, decoded }: ManifestEntry): void {
  const rule = search.rules.manifest
  search.settled.add(start)
  if (rule === null || openField.test(name) || !isFilledIn(decoded)) return
  // `project: shop` tells where, `password: shop` opens it.
  if (classifyName(name) === 'other' && plainValue.test(decoded)) return
  const match = record(search, rule, { start, end, value: search.text.slice(start, end) })
  if (match !== null && search.strict) demote(match)
}

/** Fields of Secrets that tell where and who, or hold certificates. */
const openField = anyOf(
  'i',
  /(?:user(?:name)?(?:_in)?|host(?:name)?|port|database|dbname|db|name|email|region)$/,
  /(?:url|endpoint|type|\.(?:crt|cer|pub)|bucket|issuer|namespace|schema|id)$/,
)

/** A word, a number, a switch or a time. */
const plainValue = /^(?:[A-Za-z]{1,12}(?:-[a-z]{1,12}){0,3}|[\d.]+|\d{4}-\d\d-\d\dT.{1,30})$/

function isFilledIn(value: string): boolean {
  if (value.length < 4 || !/^[\x20-\x7e\s]*$/.test(value)) return false
  if (/^(?:value|true|false|null|none)$/i.test(value)) return false
  return !isReference(value) && !isMadeUp(value) && !isStandIn(value)
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
