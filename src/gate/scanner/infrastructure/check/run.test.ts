import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import type { Mapping, Place, Resource, Value } from '../resource.ts'
import { parseCheckRules } from './rule.ts'
import { runChecks } from './run.ts'

type Plain = string | number | boolean | null | symbol | Plain[] | { [key: string]: Plain }

/** Stands for a value that is not known; `refers` for one that is made of another resource. */
const unknown = Symbol('unknown')
const open = Symbol('open')
const refers = (address: string) => Symbol.for(address)

/** A resource whose every value stands on a line of its own. */
function resource(address: string, plain: { [key: string]: Plain }, scope = ''): Resource {
  const lines = [address]
  const pending: (() => void)[] = []
  const holder: { source: SourceText | null } = { source: null }
  const place = (text: string): Place => {
    const line = lines.push(text) - 1
    const at: Place = { source: new SourceText('', new Uint8Array()), start: 0, end: 0 }
    pending.push(() => {
      at.source = holder.source as SourceText
      at.start = lines.slice(0, line).join('\n').length + (line === 0 ? 0 : 1)
      at.end = at.start + text.length
    })
    return at
  }
  const read = (value: Plain, name: string): Value => {
    const at = place(`${name}=`)
    if (Array.isArray(value)) {
      const items = value.map((item, index) => read(item, `${name}[${index}]`))
      return { kind: 'list', items, place: at }
    }
    if (typeof value === 'symbol') {
      const references = value === unknown ? [] : [Symbol.keyFor(value) ?? '']
      return { kind: 'unknown', place: at, references }
    }
    if (typeof value !== 'object' || value === null) return { kind: 'scalar', value, place: at }
    const entries: Mapping['entries'] = new Map(
      Object.entries(value)
        .filter(([key]) => key !== 'open')
        .map(([key, item]) => {
          const read1 = read(item, `${name}.${key}`)
          return [key, { value: read1, place: read1.place }]
        }),
    )
    return { kind: 'map', entries, place: at, open: value.open === open }
  }
  const body = read(plain, '') as Mapping
  const first = place('end')
  const type = address.split('.').at(-2) ?? address
  holder.source = new SourceText('main.tf', Buffer.from(lines.join('\n')))
  for (const settle of pending) settle()
  first.start = 0
  first.end = address.length
  return { platform: 'terraform', type, address, body, place: first, scope }
}

function rulesOf(condition: string, more = '') {
  const indented = condition.replace(/^/gm, '    ')
  return parseCheckRules([
    {
      path: 'x.yaml',
      text: `
platform: terraform
remediation: Mend it.
rules:
  - id: x
    title: X
    severity: high
    description: It is bad.
    resources: [a, b_*]
${more}
${indented}`,
    },
  ])
}

/** The text of the line of each finding. */
function found(condition: string, resources: Resource | Resource[], more = '') {
  const all = Array.isArray(resources) ? resources : [resources]
  return runChecks(all, rulesOf(condition, more)).map(({ source, start, end }) =>
    source.text.slice(start, end),
  )
}

describe('runChecks', () => {
  it.each<[condition: string, body: { [key: string]: Plain }, found: string[]]>([
    ['fails: { path: x, equals: true }', { x: true }, ['.x=']],
    ['fails: { path: x, equals: true }', { x: 'True' }, ['.x=']],
    ['fails: { path: x, equals: true }', { x: unknown }, []],
    ['fails: { path: x, equals: true }', {}, []],
    ['fails: { path: x, equals: true, missing: true }', {}, ['a.n']],
    ['fails: { path: x, equals: true, missing: true }', { open }, []],
    ['requires: { path: x, equals: true }', {}, ['a.n']],
    ['requires: { path: x, equals: true }', { x: null }, ['.x=']],
    ['requires: { path: x, equals: true }', { x: false }, ['.x=']],
    ['requires: { path: x, equals: true }', { x: unknown }, []],
    ['requires: { path: x, present: true }', { x: refers('a.other') }, []],
    ['fails: { path: x, absent: true }', { x: unknown }, []],
    ['requires: { path: x.y, equals: 1 }', { x: [{ y: '1' }] }, []],
    ['requires: { path: x.y, equals: 1 }', { x: [{}] }, ['.x[0]=']],
    ['requires: { path: x.y, equals: 1 }', { x: [] }, ['.x=']],
    ['requires: { every: "x[*].y", equals: 1 }', {}, []],
    [
      'requires: { every: "x[*].y", equals: 1 }',
      { x: [{ y: 2 }, { y: 1 }, {}] },
      ['.x[0].y=', '.x[2]='],
    ],
    ['fails: { some: "x[*]", in: [a, b] }', { x: ['a', 'c', 'b'] }, ['.x[0]=', '.x[2]=']],
    ['fails: { some: "x[*]", in: [a, b] }', { x: 'b' }, ['.x=']],
    ['fails: { some: x.*, in: [a, b] }', { x: { k: 'b', l: 'c' } }, ['.x.k=']],
    ['fails: { path: x, matches: "^a.{1,3}$" }', { x: 'abc' }, ['.x=']],
    ['fails: { path: x, contains: [b, z] }', { x: 'abc' }, ['.x=']],
    ['fails: { path: x, contains: b }', { x: ['abc', 'b'] }, ['.x=']],
    ['fails: { path: x, less: 7 }', { x: '3' }, ['.x=']],
    ['fails: { path: x, less: 7 }', { x: 'three' }, []],
    ['fails: { path: x, empty: true }', { x: [] }, ['.x=']],
    ['fails: { path: x, covers-port: [22] }', { x: '20-25' }, ['.x=']],
    ['fails: { ports: { from: f, to: t }, covers: [22] }', { f: 0, t: 65535 }, ['.f=']],
    ['fails: { ports: { from: f, to: t }, covers: [22] }', { f: 0, t: unknown }, []],
    ['fails: { none: { path: x, equals: 1 } }', { x: 2 }, ['.x=']],
    ['fails: { all: [{ path: x, equals: 1 }, { path: y, equals: 1 }] }', { x: 1, y: unknown }, []],
    [
      'fails: { any: [{ path: x, equals: 1 }, { path: y, equals: 1 }] }',
      { x: unknown, y: 1 },
      ['.y='],
    ],
    [
      'fails: { path: p:json.Statement.Action, equals: "*" }',
      { p: '{"Statement":{"Action":"*"}}' },
      ['.p='],
    ],
    ['fails: { path: p:json.Statement.Action, equals: "*" }', { p: '{' }, []],
    [
      'fails: { path: x, with: [{ path: ., greater: 2 }, { path: $.y, equals: 1 }] }',
      { x: 3, y: 1 },
      ['.y='],
    ],
  ])('%s with %o', (condition, body, expected) => {
    expect(found(condition, resource('a.n', body))).toEqual(expected)
  })

  it('binds one item and combines conditions on it', () => {
    const condition = `
fails:
  some: ingress[*]
  with:
    - { some: "cidr[*]", public-cidr: true }
    - { ports: { from: from, to: to }, covers: [22] }`
    const world = { cidr: ['10.0.0.0/8', '0.0.0.0/0'] }
    const body = {
      ingress: [
        { ...world, from: 80, to: 80 },
        { cidr: ['10.0.0.0/8'], from: 22, to: 22 },
        { ...world, from: 20, to: 30 },
      ],
    }
    expect(found(condition, resource('a.n', body))).toEqual(['.ingress[2].from='])
  })

  it('looks only at its types, and only where `where` holds', () => {
    const condition = 'fails: { path: x, equals: 1 }'
    const all = ['a.n', 'b_c.n', 'c.n'].map((address) => resource(address, { x: 1 }))
    expect(found(condition, all)).toHaveLength(2)
    expect(found(condition, all, '    where: { path: y, equals: 1 }')).toEqual([])
  })

  it.each<[name: string, other: { [key: string]: Plain }, found: number]>([
    ['refers to it', { bucket: refers('a.n'), on: true }, 0],
    ['refers to it by name', { bucket: 'my-bucket', on: true }, 0],
    ['is not switched on', { bucket: refers('a.n'), on: false }, 1],
    ['may be switched on', { bucket: refers('a.n'), on: unknown }, 0],
    ['may refer to it', { bucket: unknown, on: true }, 0],
    ['refers to another', { bucket: refers('a.m'), on: true }, 1],
    ['refers to nothing', { on: true }, 1],
  ])('sees whether a related resource %s', (_, other, count) => {
    const condition =
      'requires: { related: [o], via: bucket, key: name, with: { path: on, equals: true } }'
    const own = resource('a.n', { name: 'my-bucket' })
    const rest = [resource('o.x', other), resource('a.m', { name: 'b' })]
    const places = found(condition, [own, ...rest]).filter((text) => text === 'a.n')
    expect(places).toHaveLength(count)
  })

  it('names what it found by address and path, and fills in the note', () => {
    const note = `note: '{path} of {address} is {value}.'`
    const condition = `fails: { some: "c[*].x", equals: 1 }\n${note}`
    const body = { c: [{ name: 'web', x: 1 }] }
    const [weakness] = runChecks([resource('a.n', body)], rulesOf(condition))
    expect(weakness).toMatchObject({
      note: 'c[web].x of a.n is 1.',
      identities: [{ algorithm: 'address1', parts: ['a.n', 'c[web].x'] }],
      subject: { kind: 'resource', address: 'a.n' },
      rule: { id: 'x', scanType: 'iac' },
    })
  })
})
