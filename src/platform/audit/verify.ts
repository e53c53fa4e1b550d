// Verifies an exported audit log, line by line, with nothing but the file: every hash, the numbers
// without a gap, every signature, and that the signed end has been reached.
import {
  type ChainedEvent,
  type Checkpoint,
  chainHash,
  checkpointHolds,
  firstPrevious,
  keyId,
} from './chain.ts'

export const exportFormat = 'panthera-audit/1'

export type AuditFault =
  /** A line that is not what an export holds. */
  | 'malformed'
  /** A row that is not what was hashed. */
  | 'changed'
  /** Numbers are missing: rows were taken out. */
  | 'removed'
  /** Numbers go back: rows were moved or put in twice. */
  | 'reordered'
  /** The file ends before a signed place, or goes on behind the last one. */
  | 'truncated'
  /** A signature that does not hold, or a signed hash that is not the chain's. */
  | 'forged'

export interface AuditProblem {
  fault: AuditFault
  line: number
  seq: number | null
  message: string
}

export interface AuditVerdict {
  intact: boolean
  organizationId: string | null
  rows: number
  firstSeq: number | null
  lastSeq: number
  checkpoints: number
  /** When the last row that a signature covers was signed; what came later is not in the file. */
  signedAt: string | null
  /** The keys whose signatures held. Who trusts the file must know them from elsewhere. */
  keyIds: string[]
  /** Whether all of them are among those that the caller named. */
  trusted: boolean
  /** The first ones; `problemCount` is how many there were. */
  problems: AuditProblem[]
  problemCount: number
}

export interface SignedCheckpoint {
  checkpoint: Checkpoint
  signature: string
}

export interface VerifyOptions {
  /** Ids of keys known from elsewhere; others sign nothing. Empty: any key in the file. */
  keyIds?: readonly string[]
  /** Kept from earlier: the file must reach them and agree with them. */
  known?: readonly SignedCheckpoint[]
}

export interface AuditVerifier {
  line(text: string): void
  end(): AuditVerdict
}

const problemsShownMax = 100
export const lineCharactersMax = 1_048_576

export function createAuditVerifier(options: VerifyOptions = {}): AuditVerifier {
  const state = initialState(options)
  return {
    line(text) {
      state.lineNumber += 1
      const value = parse(text)
      if (value === null) fault(state, 'malformed', 'is not a line of an export')
      else if (state.lineNumber === 1) readHeader(state, value)
      else if ('checkpoint' in value) readCheckpoint(state, value)
      else if ('event' in value) readRow(state, value)
      else fault(state, 'malformed', 'is neither a row nor a checkpoint')
    },
    end() {
      if (state.lineNumber === 0) fault(state, 'malformed', 'the file is empty')
      checkEnd(state)
      const keyIds = [...state.usedKeys]
      const named = options.keyIds ?? []
      return {
        intact: state.problemCount === 0,
        organizationId: state.organizationId,
        rows: state.rows,
        firstSeq: state.firstSeq,
        lastSeq: state.seq,
        checkpoints: state.checkpoints,
        signedAt: state.signedAt,
        keyIds,
        trusted: keyIds.length > 0 && keyIds.every((id) => named.includes(id)),
        problems: state.problems,
        problemCount: state.problemCount,
      }
    },
  }
}

interface State {
  options: VerifyOptions
  lineNumber: number
  organizationId: string | null
  keys: Map<string, Buffer>
  usedKeys: Set<string>
  seq: number
  previous: string
  firstSeq: number | null
  rows: number
  checkpoints: number
  signedSeq: number
  signedAt: string | null
  /** Kept checkpoints by number. */
  known: Map<number, SignedCheckpoint>
  problems: AuditProblem[]
  problemCount: number
}

function initialState(options: VerifyOptions): State {
  return {
    options,
    lineNumber: 0,
    organizationId: null,
    keys: new Map(),
    usedKeys: new Set(),
    seq: 0,
    previous: firstPrevious,
    firstSeq: null,
    rows: 0,
    checkpoints: 0,
    signedSeq: 0,
    signedAt: null,
    known: new Map((options.known ?? []).map((one) => [one.checkpoint.seq, one])),
    problems: [],
    problemCount: 0,
  }
}

function readHeader(state: State, value: Members): void {
  const { format, organization_id, from_seq, previous, keys } = value
  const isHeader =
    format === exportFormat &&
    typeof organization_id === 'string' &&
    isCount(from_seq) &&
    isHash(previous) &&
    Array.isArray(keys)
  if (!isHeader) {
    fault(state, 'malformed', `does not begin an export (${exportFormat})`)
    return
  }
  state.organizationId = organization_id
  state.seq = from_seq - 1
  state.signedSeq = state.seq
  state.previous = previous
  if (from_seq === 1 && previous !== firstPrevious) {
    fault(state, 'changed', 'the first row cannot have one before it')
  }
  for (const key of keys.slice(0, 100)) addKey(state, key)
}

function addKey(state: State, value: unknown): void {
  const { key_id, public_key } = (value ?? {}) as Members
  const bytes = typeof public_key === 'string' ? Buffer.from(public_key, 'base64url') : null
  if (bytes?.length !== 32 || keyId(bytes) !== key_id) {
    fault(state, 'forged', 'names a key that is not the key it holds')
    return
  }
  const { keyIds = [] } = state.options
  if (keyIds.length === 0 || keyIds.includes(key_id)) state.keys.set(key_id, bytes)
}

function readRow(state: State, { seq, hash, event }: Members): void {
  if (!isCount(seq) || !isHash(hash) || typeof event !== 'object' || event === null) {
    fault(state, 'malformed', 'is not a row of the chain')
    return
  }
  state.rows += 1
  state.firstSeq ??= seq
  if (seq > state.seq + 1) {
    fault(state, 'removed', `rows ${state.seq + 1} to ${seq - 1} are missing`, seq)
  } else if (seq <= state.seq) {
    fault(state, 'reordered', `row ${seq} stands behind row ${state.seq}`, seq)
  } else if (hashOf(state, seq, event as ChainedEvent) !== hash) {
    fault(state, 'changed', `row ${seq} is not what was hashed`, seq)
  }
  // Goes on from what is stated: one fault is told once, not for every row behind it.
  state.seq = Math.max(state.seq, seq)
  state.previous = hash
  compareKnown(state, seq, hash)
}

function hashOf(state: State, seq: number, event: ChainedEvent): string | null {
  const { organizationId, previous } = state
  try {
    return chainHash({ organizationId: organizationId ?? '', seq, previous, event })
  } catch {
    // Too deep to have been written by us.
    return null
  }
}

function compareKnown(state: State, seq: number, hash: string): void {
  const kept = state.known.get(seq)
  if (kept === undefined) return
  state.known.delete(seq)
  if (kept.checkpoint.hash !== hash) {
    fault(state, 'changed', `row ${seq} is not the one of the kept checkpoint`, seq)
    return
  }
  if (signatureHolds(state, kept)) return
  fault(state, 'forged', `the signature of the kept checkpoint at ${seq} does not hold`, seq)
}

function readCheckpoint(state: State, value: Members): void {
  const signed = toSigned(value)
  if (signed === null) {
    fault(state, 'malformed', 'is not a checkpoint')
    return
  }
  const { seq, hash } = signed.checkpoint
  if (!signatureHolds(state, signed)) {
    fault(state, 'forged', `the signature of the checkpoint at ${seq} does not hold`, seq)
    return
  }
  if (seq !== state.seq || hash !== state.previous) {
    const fits = seq > state.seq ? 'truncated' : 'forged'
    fault(state, fits, `a checkpoint at ${seq} follows row ${state.seq}`, seq)
    return
  }
  state.checkpoints += 1
  state.signedSeq = seq
  state.signedAt = signed.checkpoint.at
}

function signatureHolds(state: State, { checkpoint, signature }: SignedCheckpoint): boolean {
  const key = state.keys.get(checkpoint.key_id)
  const holds =
    key !== undefined &&
    checkpoint.organization_id === state.organizationId &&
    checkpointHolds(checkpoint, signature, key)
  if (holds) state.usedKeys.add(checkpoint.key_id)
  return holds
}

function checkEnd(state: State): void {
  for (const seq of state.known.keys()) {
    if (seq > state.seq) {
      fault(state, 'truncated', `the kept checkpoint at ${seq} is not reached`, seq)
    }
  }
  if (state.seq > state.signedSeq) {
    const from = state.signedSeq + 1
    fault(state, 'truncated', `rows from ${from} on are covered by no valid signature`, from)
  }
}

type Members = Readonly<Record<string, unknown>>

function parse(text: string): Members | null {
  if (text.length > lineCharactersMax) return null
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Members) : null
  } catch {
    return null
  }
}

/** Null where it is none: for a line of an export and for a checkpoint that was kept. */
export function toSigned(value: Readonly<Record<string, unknown>>): SignedCheckpoint | null {
  const { checkpoint, signature } = value
  if (typeof checkpoint !== 'object' || checkpoint === null) return null
  const { organization_id, seq, hash, at, key_id } = checkpoint as Members
  const texts = [organization_id, at, key_id, signature].every((text) => typeof text === 'string')
  if (!texts || !isCount(seq) || !isHash(hash)) return null
  return { checkpoint: checkpoint as Checkpoint, signature: String(signature) }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

function fault(state: State, kind: AuditFault, message: string, seq: number | null = null): void {
  state.problemCount += 1
  if (state.problems.length >= problemsShownMax) return
  state.problems.push({ fault: kind, line: state.lineNumber, seq, message })
}
