import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { consistencyHolds, inclusionHolds } from './verify.ts'

interface Inclusion {
  file: string
  leafIdx: number
  treeSize: number
  root: string | null
  leafHash: string | null
  proof: string[] | null
  wantErr: boolean
}

interface Consistency {
  file: string
  size1: number
  size2: number
  root1: string | null
  root2: string | null
  proof: string[] | null
  wantErr: boolean
}

const file = new URL('../../../../test/fixtures/vectors/merkle-proofs.json', import.meta.url)
const vectors: { inclusion: Inclusion[]; consistency: Consistency[] } = JSON.parse(
  readFileSync(file, 'utf8'),
)
const bytes = (text: string | null) => Buffer.from(text ?? '', 'base64')
const path = (proof: string[] | null) => (proof ?? []).map(bytes)

/**
 * Where that library is of another opinion: of an empty old tree it takes the empty proof, since
 * everything begins with nothing. Here such a proof shows nothing and never holds.
 */
const fromNothing = ({ size1, wantErr }: Consistency) => size1 === 0 && !wantErr

describe('the vectors of transparency-dev/merkle', () => {
  it('of inclusion agree', () => {
    const wrong = vectors.inclusion.filter(
      ({ leafIdx, treeSize, proof, leafHash, root, wantErr }) => {
        const told = { index: leafIdx, size: treeSize, path: path(proof) }
        return inclusionHolds(told, bytes(leafHash), bytes(root)) === wantErr
      },
    )
    expect(vectors.inclusion).toHaveLength(98)
    expect(wrong.map((one) => one.file)).toEqual([])
  })

  it('of consistency agree, but for trees that begin with nothing', () => {
    const wrong = vectors.consistency.filter(({ size1, size2, proof, root1, root2, wantErr }) => {
      const told = { oldSize: size1, size: size2, path: path(proof) }
      return consistencyHolds(told, { old: bytes(root1), new: bytes(root2) }) === wantErr
    })
    expect(vectors.consistency).toHaveLength(98)
    expect(wrong.every(fromNothing)).toBe(true)
    expect(wrong.map((one) => one.file)).toEqual(
      vectors.consistency.filter(fromNothing).map((one) => one.file),
    )
  })
})
