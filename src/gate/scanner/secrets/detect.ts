// The secrets engine: from a file's bytes to the values in it that are secrets.
import { looksGenerated, looksMinified } from '../content.ts'
import { unionOf } from '../redact.ts'
import type { Span } from '../span.ts'
import { findInAssignments } from './assigned.ts'
import { type CompiledRules, compileRules } from './compile.ts'
import { findEncoded } from './encoded.ts'
import { readEncodedKeyBlock, readKeyBlock } from './key-block.ts'
import { findPatterns } from './patterns.ts'
import { describePath } from './place.ts'
import type { SecretRule } from './rule-data.ts'
import type { Expired, RankedMatch, Search, SecretMatch } from './search.ts'
import { sift } from './sieve.ts'
import { findKeyBlocks, findManifestSecrets, findUrlPasswords } from './structures.ts'

export interface Detection {
  /** By start, without overlaps. */
  matches: SecretMatch[]
  /** What no report may show: all matches, those that gave way to a better one too; ascending. */
  hidden: Span[]
  /** Set when only rules that know an exact shape were run. */
  reduced: 'generated' | 'minified' | null
  /** False when the time ran out. */
  complete: boolean
}

export type Detector = (path: string, bytes: Uint8Array, expired: Expired) => Detection

/** Prepares the rules once; the detector may be used for any number of files. */
export function createDetector(rules: readonly SecretRule[]): Detector {
  const compiled = compileRules(rules)
  return (path, bytes, expired) => detect(compiled, path, bytes, expired)
}

function detect(
  rules: CompiledRules,
  path: string,
  bytes: Uint8Array,
  expired: Expired,
): Detection {
  const sifted = sift(rules, bytes)
  const { regions, offsets } = sifted
  if (regions.size === 0 && Object.values(offsets).every(({ length }) => length === 0)) {
    return nothing
  }
  const traits = describePath(path)
  const search: Search = {
    rules,
    path,
    traits,
    strict: traits.places.has('test') || traits.places.has('docs'),
    text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
    found: [],
    settled: new Set(),
    expired,
  }
  const reduced = offsets.name.length > 0 ? reasonToReduce(search) : null
  const complete =
    findKeyBlocks(search, offsets['key-block'], readKeyBlock) &&
    findKeyBlocks(search, offsets['encoded-key-block'], readEncodedKeyBlock) &&
    findPatterns(search, regions) &&
    findEncoded(search, offsets['encoded-token']) &&
    findManifestSecrets(search, offsets.manifest) &&
    findUrlPasswords(search, offsets.url) &&
    findInAssignments(search, sifted, reduced !== null)
  const { found } = search
  found.sort((a, b) => a.start - b.start || a.rank - b.rank || b.end - a.end)
  return { matches: withoutOverlaps(found), hidden: unionOf(found), reduced, complete }
}

const nothing: Detection = { matches: [], hidden: [], reduced: null, complete: true }

/** Settings with a "generated" header still hold real values; generated code does not. */
function reasonToReduce({ path, traits, text }: Search): Detection['reduced'] {
  if (looksMinified(path, text)) return 'minified'
  return traits.syntax === 'code' && looksGenerated(text) ? 'generated' : null
}

/** Of matches that share bytes, the one whose rule knows most, and of equals the first, stays. */
function withoutOverlaps(found: readonly RankedMatch[]): SecretMatch[] {
  const kept: RankedMatch[] = []
  for (const match of found) {
    const last = kept.at(-1)
    if (last === undefined || match.start >= last.end) kept.push(match)
    else if (match.rank < last.rank) kept[kept.length - 1] = match
  }
  return kept
}
