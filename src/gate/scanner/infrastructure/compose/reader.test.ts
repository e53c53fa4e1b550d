import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import type { Value } from '../resource.ts'
import { withDefaults } from './interpolate.ts'
import { composeReader } from './reader.ts'

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain }

function plain(value: Value | undefined): Plain {
  if (value === undefined) return null
  if (value.kind === 'scalar') return value.value
  if (value.kind === 'unknown') return '?'
  if (value.kind === 'list') return value.items.map(plain)
  return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]))
}

function service(text: string) {
  const source = new SourceText('compose.yaml', Buffer.from(`services:\n  a: ${text}`))
  const { resources, problem } = composeReader.read(source, { expired: () => false })
  expect(problem).toBe(null)
  return resources[0]?.body
}

describe('composeReader', () => {
  it.each([
    ['compose.yaml', true],
    ['docker-compose.yml', true],
    ['x/docker-compose.prod.yml', true],
    ['docker-compose_dev.yaml', true],
    ['api.compose.yml', true],
    ['docker-stack.yml', true],
    ['composer.yaml', false],
    ['values.yaml', false],
  ])('wants %s: %s', (path, wanted) => {
    expect(composeReader.wants(path)).toBe(wanted)
  })

  it.each<[port: string, view: Plain]>([
    ['80', { target: '80' }],
    ['8080:80', { published: '8080', target: '80' }],
    [
      '"127.0.0.1:8080:80/tcp"',
      { host: '127.0.0.1', published: '8080', target: '80', protocol: 'tcp' },
    ],
    ['"[::1]:1-2:3-4"', { host: '[::1]', published: '1-2', target: '3-4' }],
    [`"\${P}:80"`, '?'],
    [`"\${P:-81}:80"`, { published: '81', target: '80' }],
    [
      '{target: 80, published: 81, host_ip: 0.0.0.0}',
      { host: '0.0.0.0', published: 81, target: 80 },
    ],
  ])('reads the port %s', (port, view) => {
    expect(plain(service(`{ports: [${port}]}`)?.entries.get('ports')?.value)).toEqual([view])
  })

  it.each<[volume: string, view: Plain]>([
    ['/a:/b', { source: '/a', target: '/b', writable: true }],
    ['"./a:/b:ro,z"', { source: './a', target: '/b', writable: false }],
    ["'C:\\a:/b'", { source: 'C:\\a', target: '/b', writable: true }],
    ['data:/b', { target: '/b', writable: true }],
    ['/b', { target: '/b', writable: true }],
    [
      '{type: bind, source: /a, target: /b, read_only: true}',
      { source: '/a', target: '/b', writable: false },
    ],
    ['{type: volume, source: a, target: /b}', { target: '/b', writable: true }],
  ])('reads the volume %s', (volume, view) => {
    expect(plain(service(`{volumes: [${volume}]}`)?.entries.get('volumes')?.value)).toEqual([view])
  })

  it('reads environments in both forms, and commands', () => {
    const body = service('{environment: [A=b=c, D], command: x "y" -z, entrypoint: [w]}')
    expect(plain(body)).toMatchObject({
      environment: { A: 'b=c', D: '?' },
      arguments: ['w', 'x', 'y', '-z'],
    })
  })

  it('knows that a service that extends another may have more', () => {
    expect(service('{extends: {service: b}}')?.open).toBe(true)
    expect(service('{image: b}')?.open).toBe(false)
  })
})

describe('withDefaults', () => {
  it.each([
    ['a$$b', 'a$b'],
    [`\${A:-x}/\${B-y}`, 'x/y'],
    ['$A', null],
    [`\${A}`, null],
    [`\${A:?no}`, null],
    [`x\${A:+y}`, 'x'],
  ])('%s', (text, result) => {
    expect(withDefaults(text)).toBe(result)
  })
})
