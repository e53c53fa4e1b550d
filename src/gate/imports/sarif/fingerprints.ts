// The names under which a result is recognised in the next document: the tool's own ones first,
// then one of ours. Line numbers and severities are in none of them.
import type { Fingerprint } from '../../scanner/finding.ts'
import { digest, keyedDigest, Ordinals } from '../hash.ts'
import { type JsonObject, member, textOf } from '../json/values.ts'
import { type FingerprintTrust, toolFingerprints } from './tool-fingerprints.ts'

export interface Identified {
  result: JsonObject
  ruleId: string
  path: string | null
  message: string
  /** The found text itself. */
  snippet: string | null
  isSecret: boolean
}

const snippetCharsMax = 4_000

/**
 * - `sarif/guid`: `correlationGuid`, which is the same in all runs (section 3.27.4); `guid` is of
 *   one run only.
 * - `tool/<name>`: each of `fingerprints`, with the rule.
 * - `gh/primaryLocationLineHash`: as GitHub compares it, with rule and path.
 * - `ctx1`: rule, path, and the found text with its white space folded, or where there is none the
 *   message without numbers. Of a secret only a keyed digest goes in, if there is a key.
 *
 * Equal ones of one document are told apart by their order.
 */
export class ResultFingerprints {
  private readonly trust: FingerprintTrust
  private readonly key: Uint8Array | null
  private readonly ordinals = new Ordinals()

  constructor(trust: FingerprintTrust, key: Uint8Array | null) {
    this.trust = trust
    this.key = key
  }

  of(identified: Identified): Fingerprint[] {
    const { result, ruleId, path } = identified
    const found: Fingerprint[] = []
    const guid = textOf(result.correlationGuid)
    if (guid !== null && isGuid.test(guid)) {
      found.push({ algorithm: 'sarif/guid', value: guid.toLowerCase() })
    }
    for (const fingerprint of toolFingerprints(result)) {
      if (!this.trust.trusts(fingerprint)) continue
      const { key, value } = fingerprint
      found.push(this.nth(`tool/${key}`, digest(ruleId, value)))
    }
    const lineHash = textOf(member(result.partialFingerprints, 'primaryLocationLineHash'))
    if (lineHash !== null && lineHash.length <= 200) {
      found.push(this.nth('gh/primaryLocationLineHash', digest(ruleId, path ?? '', lineHash)))
    }
    found.push(this.nth('ctx1', digest(ruleId, path ?? '', this.content(identified))))
    return found
  }

  private nth(algorithm: string, value: string): Fingerprint {
    const ordinal = this.ordinals.next(`${algorithm} ${value}`)
    return { algorithm, value: ordinal === 0 ? value : digest(value, String(ordinal)) }
  }

  private content({ snippet, message, isSecret }: Identified): string {
    const folded = (snippet ?? '').slice(0, snippetCharsMax).replace(/\s+/g, ' ').trim()
    if (folded !== '' && !isSecret) return folded
    if (folded !== '' && this.key !== null) return keyedDigest(this.key, 'ctx1', folded)
    // The message has been redacted.
    return message.replace(/[0-9]+/g, '#').replace(/\s+/g, ' ')
  }
}

const isGuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
