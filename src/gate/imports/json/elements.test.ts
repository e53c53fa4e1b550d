import { describe, expect, it } from 'vitest'
import { type ElementPath, JsonElements, type JsonLimits } from './elements.ts'
import { InvalidJson } from './invalid.ts'

const limits: JsonLimits = {
  bytesMax: 10_000_000,
  depthMax: 60,
  elementBytesMax: 1_000_000,
  skeletonBytesMax: 1_000_000,
}

interface Taken {
  path: string
  indices: readonly number[]
  element: unknown
}

function take(
  bytes: Uint8Array,
  options: { cut?: () => number; limits?: Partial<JsonLimits> } = {},
) {
  const taken: Taken[] = []
  const path = (name: string): ElementPath => ({
    elementsMax: 1_000,
    onElement: (element, indices) => taken.push({ path: name, indices, element }),
  })
  const paths = ['runs.*.results.*', 'runs.*.tool.rules.*', 'list.*', 'deep.*.*.*']
  const elements = new JsonElements(Object.fromEntries(paths.map((name) => [name, path(name)])), {
    ...limits,
    ...options.limits,
  })
  for (let at = 0; at < bytes.length; ) {
    const to = at + (options.cut?.() ?? bytes.length)
    // A copy that is wiped afterwards, as a stream may do with its buffers.
    const chunk = bytes.slice(at, to)
    elements.push(chunk)
    chunk.fill(0x58)
    at = to
  }
  return { skeleton: elements.end(), taken, count: (name: string) => elements.count(name) }
}

const utf8 = (text: string) => new TextEncoder().encode(text)

function failure(text: string, changed: Partial<JsonLimits> = {}): InvalidJson {
  try {
    take(utf8(text), { limits: changed })
  } catch (error) {
    if (error instanceof InvalidJson) return error
    throw error
  }
  throw new Error(`was accepted: ${text}`)
}

describe('JsonElements', () => {
  it('hands over the elements of the lists and keeps the rest', () => {
    const text = '{"a":1,"runs":[{"results":[{"x":"]"},2],"tool":{"rules":["r"]}},{"b":[3]}]}'
    const { skeleton, taken } = take(utf8(text))
    expect(skeleton).toEqual({
      a: 1,
      runs: [{ results: [], tool: { rules: [] } }, { b: [3] }],
    })
    expect(taken).toEqual([
      { path: 'runs.*.results.*', indices: [0, 0], element: { x: ']' } },
      { path: 'runs.*.results.*', indices: [0, 1], element: 2 },
      { path: 'runs.*.tool.rules.*', indices: [0, 0], element: 'r' },
    ])
  })

  it('takes every kind of element', () => {
    const list = [null, true, false, -1.5e3, '"\\', '', [], {}, [[1]], { a: [] }]
    const { taken } = take(utf8(JSON.stringify({ list }, null, 2)))
    expect(taken.map(({ element }) => element)).toEqual(list)
  })

  it('knows a list by its name, however that is written', () => {
    expect(take(utf8('{"l\\u0069st":[1]}')).taken).toHaveLength(1)
    expect(take(utf8('{"other":{"list":[1]}}')).taken).toHaveLength(0)
  })

  it('leaves a list alone that is not one', () => {
    const text = '{"list":{"a":1},"runs":{"results":[1]}}'
    expect(take(utf8(text))).toMatchObject({ skeleton: JSON.parse(text), taken: [] })
  })

  it('keeps a member called __proto__ a member', () => {
    const { taken } = take(utf8('{"list":[{"__proto__":{"polluted":true}}]}'))
    expect(Object.hasOwn(taken[0]?.element as object, '__proto__')).toBe(true)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('skips a byte order mark, also one that is cut', () => {
    const bytes = Uint8Array.from([0xef, 0xbb, 0xbf, ...utf8('{"list":[1]}')])
    expect(take(bytes, { cut: () => 1 }).taken).toHaveLength(1)
  })

  it('counts without reading where nobody takes the elements', () => {
    const elements = new JsonElements({ 'list.*': { elementsMax: 3 } }, limits)
    elements.push(utf8('{"list":[{"a":tru},2,"x"]}'))
    expect(elements.end()).toEqual({ list: [] })
    expect(elements.count('list.*')).toBe(3)
  })
})

describe('JsonElements refuses', () => {
  it.each([
    ['', 'is empty', 0],
    ['{"list":[1,2', 'ends within list[1]', 12],
    ['{"list":[1,', 'ends before it is complete', 11],
    ['{"a":"b', 'ends before it is complete', 7],
    ['{"list":[1,]}', 'has "]" where a value must stand', 11],
    ['{"list":[1 2]}', 'has "2" where "," or "]" must stand', 11],
    ['{"list":[{"a":}]}', 'is not valid JSON in list[0]', 9],
    ['{"list":[[1}]}', 'is not valid JSON in list[0]', 9],
    ['{"a" 1}', 'has "1" where ":" must stand', 5],
    ['{a:1}', 'has "a" where a name in quotes must stand', 1],
    ['{"a":01}', 'has "01" where a value must stand', 5],
    ['{"a":nul}', 'has "nul" where a value must stand', 5],
    ['{"a":1}x', 'has "x" where the end of the document must stand', 7],
    ['{"a":"\n"}', 'has a control character within a text', 6],
    ['{"a":"\\x"}', 'has an unknown escape in a text', 7],
    ['<?xml', 'has "<?xml" where a value must stand', 0],
    ['{"runs":[],"runs":[]}', 'has the name "runs" twice in one object', 16],
  ])('%s', (text, message, offset) => {
    expect(failure(text)).toMatchObject({ message, offset })
  })

  it('what is over a limit', () => {
    const nested = (levels: number) => `{"list":[${'['.repeat(levels)}${']'.repeat(levels)}]}`
    expect(take(utf8(nested(58))).taken).toHaveLength(1)
    expect(failure(nested(59)).message).toBe('is nested deeper than 60 levels')
    expect(failure(`{"a":${'['.repeat(60)}`).message).toBe('is nested deeper than 60 levels')
    const long = `{"list":[1,"${'x'.repeat(200)}"]}`
    expect(failure(long, { elementBytesMax: 100 }).message).toBe('has over 100 bytes in list[1]')
    expect(failure(`{"a":"${'x'.repeat(200)}"}`, { skeletonBytesMax: 100 }).message).toBe(
      'has over 100 bytes outside of runs[].results, runs[].tool.rules, list, deep[][]',
    )
    expect(failure(long, { bytesMax: 100 }).message).toBe('is larger than 100 bytes')
    const many = `{"list":[${Array(1_001).fill('0').join(',')}]}`
    expect(failure(many).message).toBe('has more than 1000 elements in list')
  })

  it('quotes nothing of an element that it cannot read', () => {
    expect(failure('{"list":["hunter2\n"]}').message).not.toContain('hunter2')
  })
})

describe('JsonElements and JSON.parse', () => {
  it('agree on random documents, however the bytes are cut', () => {
    const random = randomFrom(7)
    for (let round = 0; round < 400; round++) {
      const document = randomDocument(random)
      const text = JSON.stringify(document, null, random(3))
      const { skeleton, taken } = take(utf8(text), { cut: () => 1 + random(random(2) ? 3 : 60) })
      expect(rebuilt(skeleton, taken)).toEqual(document)
    }
  })

  it('agree on what is JSON when a byte is changed', () => {
    const random = randomFrom(11)
    const alphabet = utf8('{}[]",:\\u0129-+.eEtfn \u0001')
    for (let round = 0; round < 4_000; round++) {
      const bytes = utf8(JSON.stringify(randomDocument(random)))
      const at = random(bytes.length)
      bytes[at] = alphabet[random(alphabet.length)] as number
      const whole = attempt(() => JSON.parse(new TextDecoder().decode(bytes)))
      const split = attempt(() => {
        const { skeleton, taken } = take(bytes, { cut: () => 1 + random(9) })
        return rebuilt(skeleton, taken)
      })
      // A name that comes twice is the one thing that only JSON.parse takes.
      if (split.error?.message.includes('twice')) continue
      expect({ text: new TextDecoder().decode(bytes), ok: split.error === null }).toEqual({
        text: new TextDecoder().decode(bytes),
        ok: whole.error === null,
      })
      if (whole.error === null) expect(split.value).toEqual(whole.value)
    }
  })
})

/** Puts the elements back where they were. */
function rebuilt(skeleton: unknown, taken: readonly Taken[]): unknown {
  for (const { path, indices, element } of taken) {
    let at = 0
    let place = skeleton as Record<string, unknown>
    const steps = path.split('.').map((step) => (step === '*' ? String(indices[at++]) : step))
    const last = steps.pop() as string
    for (const step of steps) place = place[step] as Record<string, unknown>
    place[last] = element
  }
  return skeleton
}

type Random = (below: number) => number

/** Mulberry32: the same numbers in every run. */
function randomFrom(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

// None with a backslash: once V8's own parser has seen one, it takes escaped names for it.
const names = ['', 'a', 'ü', '漢字', '😀', ']}', 'list', 'runs', 'results', '{']
const texts = [
  '',
  'a',
  '"',
  '\\',
  '\\"',
  'ü',
  '漢字',
  '😀',
  '\ud800',
  ']}',
  '\u0000\n',
  'list',
  '{',
]

function randomValue(random: Random, depth: number): unknown {
  const text = () => texts[random(texts.length)] as string
  const name = () => names[random(names.length)] as string
  switch (random(depth > 3 ? 5 : 8)) {
    case 0:
      return null
    case 1:
      return random(2) === 0
    case 2:
      return (random(2_000_000) - 1_000_000) / (1 + random(1_000))
    case 3:
    case 4:
      return text() + text()
    case 5:
    case 6:
      return Array.from({ length: random(4) }, () => randomValue(random, depth + 1))
    default:
      return Object.fromEntries(
        Array.from({ length: random(4) }, () => [name(), randomValue(random, depth + 1)]),
      )
  }
}

function randomDocument(random: Random): Record<string, unknown> {
  const some = () => Array.from({ length: random(4) }, () => randomValue(random, 1))
  const run = () => ({ version: randomValue(random, 3), results: some(), tool: { rules: some() } })
  return {
    before: randomValue(random, 2),
    runs: Array.from({ length: random(3) }, run),
    list: random(5) === 0 ? randomValue(random, 2) : some(),
    deep: [[some()], []],
    after: randomValue(random, 2),
  }
}

function attempt(work: () => unknown): { value: unknown; error: Error | null } {
  try {
    return { value: work(), error: null }
  } catch (error) {
    return { value: null, error: error as Error }
  }
}
