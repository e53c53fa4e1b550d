import { expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { pythonFrontend } from '../python/frontend.ts'
import { toyEngine } from '../toy.fixture.ts'

const models = `
functions:
  - { call: toy.read, source: { kind: request, label: input } }
  - { call: toy.escape, cleans: [flow] }
  - { call: toy.leak, flows: [], sinks: [{ rule: flow, argument: 0 }] }
`
const text = `import toy
raw = toy.read()
clean = toy.escape(raw)
toy.leak(clean)
toy.leak(raw)
toy.leak('constant')
`

async function traceOf(line: number) {
  const engine = toyEngine(pythonFrontend, models)
  await engine.prepare('a.py')
  const source = new SourceText('a.py', Buffer.from(text))
  return engine.trace?.(source, line, { expired: () => false })
}

it('tells what made a flow harmless, on each line of its way', async () => {
  for (const line of [2, 3, 4]) {
    expect(await traceOf(line), String(line)).toEqual([
      expect.stringMatching(
        /^flow: input \(a\.py:2\) -> .*through escape\(\) \(a\.py:3\).* -> the sink .*: made/,
      ),
    ])
  }
})

it('has nothing to tell of what is reported, or flows nowhere', async () => {
  expect(await traceOf(5)).toEqual([])
  expect(await traceOf(6)).toEqual([])
})
