import { describe, expect, it } from 'vitest'
import { readImport, sarif } from '../fixtures/read.ts'

interface Shape {
  rule?: string
  line?: number
  uri?: string
  text?: string | null
  level?: string
  more?: object
}

function result({ rule = 'r', line = 1, uri = 'a.ts', text = 'call(x)', level, more }: Shape = {}) {
  const snippet = text === null ? {} : { snippet: { text } }
  return {
    ruleId: rule,
    ...(level === undefined ? {} : { level }),
    message: { text: `Unsafe call on line ${line}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri },
          region: { startLine: line, ...snippet },
        },
      },
    ],
    ...more,
  }
}

async function namesOf(...results: object[]): Promise<string[][]> {
  const { findings } = await readImport(sarif(results))
  return findings.map(({ fingerprints }) =>
    fingerprints.map(({ algorithm, value }) => `${algorithm} ${value}`),
  )
}

describe('fingerprints of results', () => {
  it('do not know of lines, severities and indentation', async () => {
    const [a] = await namesOf(result())
    const [b] = await namesOf(result({ line: 90, level: 'error', text: '    call(x)  ' }))
    expect(b).toEqual(a)
  })

  it('know of rule, file and code', async () => {
    const all = await namesOf(
      result(),
      result({ rule: 's' }),
      result({ uri: 'b.ts' }),
      result({ text: 'call(y)' }),
    )
    expect(new Set(all.flat()).size).toBe(4)
  })

  it('know the message without its numbers where there is no code', async () => {
    const [a] = await namesOf(result({ text: null, line: 3 }))
    const [b] = await namesOf(result({ text: null, line: 17 }))
    expect(b).toEqual(a)
  })

  it('tell equal ones apart by their order', async () => {
    const [a, b] = await namesOf(result({ line: 1 }), result({ line: 2 }))
    expect(b).not.toEqual(a)
    const [again] = await namesOf(result({ line: 1 }))
    expect(again).toEqual(a)
  })

  it('take the tool’s own first, in this order', async () => {
    const more = {
      guid: '11111111-2222-4333-8444-555555555555',
      correlationGuid: 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE',
      fingerprints: { 'stable/v2': 'fedcba9876543210', 'stable/v1': '0123456789abcdef' },
      partialFingerprints: { primaryLocationLineHash: 'abc:1', other: 'x' },
    }
    const [names = []] = await namesOf(result({ more }))
    expect(names.map((name) => name.split(' ')[0])).toEqual([
      'sarif/guid',
      'tool/stable/v1',
      'tool/stable/v2',
      'gh/primaryLocationLineHash',
      'ctx1',
    ])
    expect(names[0]).toContain('aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee')
  })

  it('leave out those of the tool’s that stand for several places', async () => {
    const same = { more: { fingerprints: { a: 'the same text', b: 'also the same' } } }
    const names = await namesOf(result(same), result({ ...same, uri: 'b.ts' }))
    expect(names.flat().filter((name) => name.startsWith('tool/'))).toEqual([])
  })

  it('keep GitHub’s line hash apart by rule and file', async () => {
    const more = { partialFingerprints: { primaryLocationLineHash: 'abc:1' } }
    const names = await namesOf(
      result({ more }),
      result({ more, rule: 's' }),
      result({ more, uri: 'b' }),
    )
    expect(new Set(names.map(([first]) => first)).size).toBe(3)
  })
})
