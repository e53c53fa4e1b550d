import { expect, it } from 'vitest'
import { SourceText } from '../source-text.ts'
import { unlimited } from './fixtures/unit.ts'
import { PackageGraph } from './package-graph.ts'

type Edges = Readonly<Record<string, readonly string[]>>

/** Nodes `a@1` by their names; roots with `!` are for development. */
function graphOf(edges: Edges, roots: readonly string[]) {
  const graph = new PackageGraph(new SourceText('x.lock', Buffer.from('')), 'npm', unlimited)
  for (const root of roots) {
    graph.require(root.replace('!', ''), { development: root.endsWith('!') })
  }
  for (const [id, dependsOn] of Object.entries(edges)) {
    const [name = '', version = ''] = id.split('@')
    graph.add(id, { name, version, start: 0, end: 0, dependsOn })
  }
  return graph.packages().map(({ direct, development, path }) => {
    const how = direct === null ? '?' : direct ? 'direct' : 'indirect'
    return `${path.join(' > ')} ${how}${development ? ' dev' : ''}`
  })
}

it('finds the shortest way from what is asked for, around cycles', () => {
  const edges = {
    'a@1': ['b@1'],
    'b@1': ['c@1', 'a@1'],
    'c@1': ['d@1', 'c@1'],
    'd@1': [],
    'e@1': ['d@1'],
  }
  expect(graphOf(edges, ['a@1', 'e@1'])).toEqual([
    'a@1 direct',
    'a@1 > b@1 indirect',
    'a@1 > b@1 > c@1 indirect',
    'e@1 > d@1 indirect',
    'e@1 direct',
  ])
})

it('takes for development what nothing shipped needs', () => {
  const edges = { 'a@1': ['c@1'], 'b@1': ['c@1', 'd@1'], 'c@1': [], 'd@1': [], 'stray@1': [] }
  expect(graphOf(edges, ['a@1', 'b@1!', 'a@1!', 'missing@1'])).toEqual([
    'a@1 direct',
    'b@1 direct dev',
    'a@1 > c@1 indirect',
    'b@1 > d@1 indirect dev',
    'stray@1 indirect',
  ])
})

it('begins with what nothing else needs where nobody says what is asked for', () => {
  expect(graphOf({ 'a@1': ['b@1'], 'b@1': [] }, [])).toEqual(['a@1 direct', 'a@1 > b@1 ?'])
  expect(graphOf({ 'a@1': [], 'b@1': [] }, [])).toEqual(['a@1 ?', 'b@1 ?'])
})

it('merges what is installed twice, and keeps the way that is known', () => {
  const edges = { 'a@1@one': [], 'b@1': ['a@1@two'], 'a@1@two': ['c@1'], 'c@1': [] }
  expect(graphOf(edges, ['b@1'])).toEqual([
    'b@1 > a@1 indirect',
    'b@1 direct',
    'b@1 > a@1 > c@1 indirect',
  ])
})

it('gives up on ways that are too long', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 100 }, (_, n) => [`p${n}@1`, [`p${n + 1}@1`]]),
  )
  const found = graphOf(chain, ['p0@1'])
  expect(found[63]?.split(' > ')).toHaveLength(64)
  expect(found[99]).toBe('p99@1 indirect')
})

it('keeps no password of the place that a package comes from', () => {
  const graph = new PackageGraph(new SourceText('x.lock', Buffer.from('')), 'npm', unlimited)
  const origin = 'git+https://ci:not-so-secret@git.example.com/a.git?private_token=abc#0a1b'
  graph.add('a', { name: 'a', version: origin, range: origin, origin, start: 0, end: 0 })
  const bare = 'git+https://git.example.com/a.git#0a1b'
  expect(graph.packages()).toMatchObject([{ version: bare, origin: bare }])
})

it('says what it leaves out', () => {
  const graph = new PackageGraph(new SourceText('x.lock', Buffer.from('')), 'npm', unlimited)
  graph.add('a', { name: 'a', version: '1', start: 0, end: 0 })
  expect(graph.shortfall).toBeNull()
  graph.add('b', { name: 'b'.repeat(301), version: '1', start: 0, end: 0 })
  expect(graph.shortfall).toBe('a package with a name or version of over 300 characters left out')
})
