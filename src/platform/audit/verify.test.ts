import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson, TooDeep } from './canonical.ts'
import {
  type ChainedEvent,
  type Checkpoint,
  chainHash,
  firstPrevious,
  keyId,
  signCheckpoint,
} from './chain.ts'
import { createAuditVerifier, exportFormat, type VerifyOptions } from './verify.ts'

const organizationId = '11111111-0000-4000-8000-000000000000'
const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  return { privateKey, raw, id: keyId(raw) }
}
const key = pair()

function event(number: number): ChainedEvent {
  return {
    id: `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    at: '2026-02-05T10:30:00.000Z',
    actor: { kind: 'user', id: 'u', name: 'ada@example.com' },
    action: 'key.created',
    object_type: 'key',
    object_id: `key_${number}`,
    address: '192.0.2.1',
    request_id: null,
    result: 'success',
    details: { n: number },
  }
}

function header(signer = key) {
  const keys = [{ key_id: signer.id, public_key: signer.raw.toString('base64url') }]
  return {
    format: exportFormat,
    organization_id: organizationId,
    from_seq: 1,
    previous: firstPrevious,
    keys,
  }
}

type Line = Record<string, unknown>

/** Rows 1 to `rows`, a checkpoint after every second one and after the last. */
function exported(rows: number, signer = key): Line[] {
  const lines: Line[] = [header(signer)]
  let previous = firstPrevious
  for (let seq = 1; seq <= rows; seq++) {
    const hash = chainHash({ organizationId, seq, previous, event: event(seq) })
    lines.push({ seq, event: event(seq), hash })
    previous = hash
    if (seq % 2 === 0 || seq === rows) lines.push(signed(seq, hash, signer))
  }
  return lines
}

function signed(seq: number, hash: string, signer = key) {
  const at = '2026-02-05T10:31:00.000Z'
  const checkpoint: Checkpoint = {
    organization_id: organizationId,
    seq,
    hash,
    at,
    key_id: signer.id,
  }
  return { checkpoint, signature: signCheckpoint(checkpoint, signer.privateKey) }
}

function judge(lines: readonly (Line | string)[], options?: VerifyOptions) {
  const verifier = createAuditVerifier(options)
  for (const line of lines) verifier.line(typeof line === 'string' ? line : JSON.stringify(line))
  return verifier.end()
}

const faults = (lines: readonly (Line | string)[], options?: VerifyOptions) =>
  judge(lines, options).problems.map(({ fault }) => fault)

const rowAt = (lines: Line[], seq: number) => lines.findIndex((line) => line.seq === seq)

describe('an exported audit log', () => {
  it('is intact as it was written', () => {
    expect(judge(exported(5), { keyIds: [key.id] })).toMatchObject({
      intact: true,
      rows: 5,
      lastSeq: 5,
      checkpoints: 3,
      keyIds: [key.id],
      trusted: true,
      problems: [],
    })
    expect(judge(exported(5))).toMatchObject({ intact: true, trusted: false })
    expect(judge([header()])).toMatchObject({ intact: true, rows: 0 })
  })

  it('shows a row that was changed', () => {
    const lines = exported(5)
    lines[rowAt(lines, 3)] = { ...lines[rowAt(lines, 3)], event: { ...event(3), action: 'x.y' } }
    expect(faults(lines)).toEqual(['changed'])
  })

  it('shows a row that was changed together with its hash', () => {
    const lines = exported(5)
    const previous = String(lines[rowAt(lines, 2)]?.hash)
    const forged = { ...event(3), action: 'x.y' }
    const hash = chainHash({ organizationId, seq: 3, previous, event: forged })
    lines[rowAt(lines, 3)] = { seq: 3, event: forged, hash }
    expect(faults(lines)).toEqual(['changed'])
  })

  it('shows a whole chain that was hashed anew without the key', () => {
    const forged = exported(5, pair())
    const lines = [header(), ...forged.slice(1)]
    expect(new Set(faults(lines))).toEqual(new Set(['forged', 'truncated']))
  })

  it('shows a chain that was signed anew to whoever knows the key', () => {
    const forger = pair()
    expect(judge(exported(5, forger))).toMatchObject({ intact: true, keyIds: [forger.id] })
    expect(judge(exported(5, forger), { keyIds: [key.id] }).intact).toBe(false)
  })

  it('shows a row that was taken out, numbered anew or not', () => {
    const lines = exported(5)
    const without = lines.toSpliced(rowAt(lines, 3), 1)
    expect(faults(without)).toContain('removed')
    const renumbered = without.map((line) =>
      typeof line.seq === 'number' && line.seq > 3 ? { ...line, seq: line.seq - 1 } : line,
    )
    expect(faults(renumbered)).toContain('changed')
  })

  it('shows rows that changed places', () => {
    const lines = exported(5)
    const [a, b] = [rowAt(lines, 3), rowAt(lines, 4)]
    const swapped = lines.with(a, lines[b] ?? {}).with(b, lines[a] ?? {})
    expect(faults(swapped)).toEqual(expect.arrayContaining(['removed', 'reordered']))
  })

  it('shows a missing end: by a signature, by the lack of one, by one that was kept', () => {
    const lines = exported(5)
    expect(faults(lines.toSpliced(rowAt(lines, 5), 1))).toEqual(['truncated'])
    expect(faults(lines.slice(0, -1))).toEqual(['truncated'])
    const atCheckpoint = lines.slice(0, rowAt(lines, 5))
    expect(faults(atCheckpoint)).toEqual([])
    const known = [signed(5, String(lines[rowAt(lines, 5)]?.hash))]
    expect(faults(atCheckpoint, { known })).toEqual(['truncated'])
    expect(faults(lines, { known })).toEqual([])
    expect(faults(lines, { known: [signed(5, firstPrevious)] })).toEqual(['changed'])
  })

  it('shows a checkpoint that was changed, or names a key that is not its', () => {
    const lines = exported(2)
    const last = lines.at(-1) as { checkpoint: Checkpoint; signature: string }
    const later = { ...last.checkpoint, at: '2027-01-01T00:00:00.000Z' }
    expect(faults([...lines.slice(0, -1), { ...last, checkpoint: later }])).toContain('forged')
    const swapped = { ...header(), keys: [{ key_id: key.id, public_key: 'A'.repeat(43) }] }
    expect(faults([swapped, ...lines.slice(1)])).toContain('forged')
  })

  it.each([
    [[]],
    [['']],
    [['null']],
    [['[]']],
    [['{"format":"panthera-audit/2"}']],
    [[header(), '{"event":1,"seq":1,"hash":"x"}']],
    [[header(), '{"checkpoint":{}}']],
    [
      [
        header(),
        `{"seq":1,"hash":"${'0'.repeat(64)}","event":${'['.repeat(500)}${']'.repeat(500)}}`,
      ],
    ],
    [[header(), 'x'.repeat(2_000_000)]],
  ])('refuses what is none, %#', (lines) => {
    expect(judge(lines).intact).toBe(false)
  })
})

describe('canonicalJson', () => {
  it('writes as RFC 8785 does', () => {
    const value = {
      numbers: [333_333_333.5, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.5,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, ö: 6 }
    expect(Object.values(JSON.parse(canonicalJson(keys)))).toEqual([4, 2, 6, 1, 5, 3])
  })

  it('stops at what nobody nests that deep', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100; level++) deep = [deep]
    expect(() => canonicalJson(deep)).toThrow(TooDeep)
  })
})
