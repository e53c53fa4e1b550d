import { describe, expect, it } from 'vitest'
import { readSecretManifest } from './kubernetes.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

function read(text: string) {
  const manifest = readSecretManifest(text, text.indexOf('kind: Secret'))
  for (const { start, end } of manifest?.entries ?? []) {
    expect(text.slice(start, end)).not.toMatch(/["'\s]/)
  }
  return manifest?.entries.map(({ name, decoded }) => [name, decoded]) ?? null
}

describe('readSecretManifest', () => {
  it('reads data and stringData, wherever kind stands', () => {
    const data = `data:\n  a: ${base64('one')}\n  "b.c": '${base64('two')}'\n`
    const plain = 'stringData:\n    d: three\n\n# a comment\n    e: "four"  \n'
    const expected = [
      ['a', 'one'],
      ['b.c', 'two'],
      ['d', 'three'],
      ['e', 'four'],
    ]
    expect(read(`kind: Secret\n${data}${plain}`)).toEqual(expected)
    expect(read(`apiVersion: v1\n${data}${plain}kind: Secret\n`)?.sort()).toEqual(expected)
    expect(read(`${data}kind: Secret\r\n${plain}`)?.sort()).toEqual(expected)
  })

  it('keeps to its own document and its own item', () => {
    const other = 'kind: ConfigMap\ndata:\n  a: b\n'
    expect(read(`${other}---\nkind: Secret\nstringData:\n  c: d\n---\n${other}`)).toEqual([
      ['c', 'd'],
    ])
    const items = [
      'items:',
      '- kind: ConfigMap',
      '  data:',
      '    a: b',
      '- stringData:',
      '    c: d',
      '  kind: Secret',
      '- kind: ConfigMap',
      '  data:',
      '    e: f',
      '',
    ]
    expect(read(items.join('\n'))).toEqual([['c', 'd']])
  })

  it('leaves texts over several lines and nested fields of others alone', () => {
    expect(read('kind: Secret\nstringData:\n  a: |\n    b: c\nmetadata:\n  d: e\n')).toEqual([])
  })

  it('ends at both ends of the file', () => {
    expect(read('\nkind: Secret')).toEqual([])
    expect(read('\n\ndata:\n  a: YQ==\nkind: Secret')).toEqual([['a', 'a']])
  })

  it('is not taken in by other kinds', () => {
    expect(read('kind: SecretStore\ndata:\n  a: b\n')).toBeNull()
    expect(read('kind: Secret of life\n')).toBeNull()
    expect(read('of this kind: Secret\ndata:\n  a: b\n')).toBeNull()
  })
})
