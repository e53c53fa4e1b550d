// Which of a tool's own fingerprints tell results apart. Some tools write the same text into all of
// them (Semgrep without a login: `requires login`), which would make one finding of everything.
import { digest } from '../hash.ts'
import { isObject, type JsonObject, objectOf } from '../json/values.ts'

export interface ToolFingerprint {
  key: string
  value: string
}

const keysMax = 4
const keyCharsMax = 100
const valueCharsMax = 4_000

/** The `fingerprints` of a result by name (SARIF 2.1.0, section 3.27.17). */
export function toolFingerprints(result: JsonObject): ToolFingerprint[] {
  if (!isObject(result.fingerprints)) return []
  return Object.entries(result.fingerprints)
    .filter((entry): entry is [string, string] => {
      const [key, value] = entry
      return (
        typeof value === 'string' &&
        value.length >= 8 &&
        value.length <= valueCharsMax &&
        key.length <= keyCharsMax
      )
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, keysMax)
    .map(([key, value]) => ({ key, value }))
}

/** Sees every result once before any is read. */
export class FingerprintTrust {
  /** From a fingerprint to the one place that it may stand for; both as 48 bits of a digest. */
  private readonly places = new Map<number, number>()
  private readonly doubted = new Set<string>()

  see(result: JsonObject): void {
    const fingerprints = toolFingerprints(result)
    if (fingerprints.length === 0) return
    const place = short(placeOf(result))
    for (const { key, value } of fingerprints) {
      if (this.doubted.has(key)) continue
      const name = short(key, value)
      const known = this.places.get(name)
      if (known === undefined) this.places.set(name, place)
      else if (known !== place) this.doubted.add(key)
    }
  }

  trusts({ key }: ToolFingerprint): boolean {
    return !this.doubted.has(key)
  }
}

/** Rule and file, in the result's own words: what they mean is known only at the end. */
function placeOf(result: JsonObject): string {
  const [first] = Array.isArray(result.locations) ? result.locations : []
  const { artifactLocation } = objectOf(objectOf(first).physicalLocation)
  return JSON.stringify([result.ruleId, result.ruleIndex, result.rule, artifactLocation])
}

function short(...parts: readonly string[]): number {
  return Number.parseInt(digest(...parts).slice(0, 12), 16)
}
