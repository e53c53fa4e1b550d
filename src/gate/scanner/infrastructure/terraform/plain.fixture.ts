// For tests: Terraform by path and text, as plain values by address. What is unknown is a text that
// begins with a question mark and names what it refers to; an open map has the key `…`.
import { SourceText } from '../../source-text.ts'
import type { Resource, Value } from '../resource.ts'
import { readTerraform } from './engine.ts'

type Files = Readonly<Record<string, string>>

export function readFiles(files: string | Files) {
  const texts = typeof files === 'string' ? { 'main.tf': files } : files
  const sources = Object.entries(texts).map(([path, text]) => {
    return new SourceText(path, Buffer.from(text))
  })
  return readTerraform({ kind: 'terraform', files: sources }, { expired: () => false })
}

export function resourcesIn(files: string | Files): Map<string, Resource> {
  const { resources } = readFiles(files)
  return new Map(resources.map((resource) => [resource.address, resource]))
}

export function plainIn(files: string | Files): Record<string, unknown> {
  const bodies = Array.from(resourcesIn(files), ([address, { body }]) => [address, plain(body)])
  return Object.fromEntries(bodies)
}

/** What an expression gives, as the only attribute of a resource. */
export function valueOfExpression(expression: string, around = ''): unknown {
  const text = `${around}\nresource "x_y" "z" {\n  v = ${expression}\n}\n`
  const body = plainIn(text)['x_y.z'] as { v: unknown }
  return body.v
}

export function plain(value: Value): unknown {
  if (value.kind === 'scalar') return value.value
  if (value.kind === 'unknown') return `?${value.references.join(',')}`
  if (value.kind === 'list') return value.items.map(plain)
  const entries = Array.from(value.entries, ([key, entry]) => [key, plain(entry.value)])
  return Object.fromEntries(value.open ? [...entries, ['…', true]] : entries)
}
