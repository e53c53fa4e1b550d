// A YAML or JSON file that somebody wrote by hand, read such that what is wrong in it has a place.
import { createReadStream } from 'node:fs'
import { isCollection, isMap, isPair, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { didYouMean } from '../../gate/scanner/project/did-you-mean.ts'
import { UsageError } from '../usage-error.ts'

/** Something wrong, or worth a second look, in a file. */
export interface Fault {
  path: string
  /** From 1. */
  line?: number | undefined
  column?: number | undefined
  /** `rules[0].conditions[1].operator`. */
  field?: string | undefined
  message: string
  help?: string | undefined
}

export interface WrittenFile {
  path: string
  text: string
  value: unknown
  faults: Fault[]
  /** The line and column of what stands at a path of keys. */
  placeOf: (keys: readonly PropertyKey[]) => { line: number; column: number } | null
}

const bytesMax = 1_048_576

/** @throws {UsageError} for a file that is not there, no text, or over 1 MiB. */
export async function readText(path: string): Promise<string> {
  const chunks: Buffer[] = []
  try {
    // One byte more than there may be; a pipe tells its size to nobody.
    for await (const chunk of createReadStream(path, { end: bytesMax })) chunks.push(chunk)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be read: ${code === 'ENOENT' ? 'not found' : message}`)
  }
  const bytes = Buffer.concat(chunks)
  if (bytes.length > bytesMax) throw new UsageError(`${path} is larger than ${bytesMax} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${path} is not text in UTF-8`)
  }
}

export function readDocument(path: string, text: string): WrittenFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { uniqueKeys: true, lineCounter: lines })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const placeOf: WrittenFile['placeOf'] = (keys) => {
    const offset = offsetOf(document.contents, keys)
    return offset === null ? null : at(offset)
  }
  const faults: Fault[] = document.errors.slice(0, 10).map(({ message, pos }) => ({
    path,
    ...at(pos[0]),
    message: message.split(/ at line \d+/)[0] ?? message,
  }))
  const deep = faults.find(({ message }) => /\bstack\b/i.test(message))
  if (deep !== undefined) faults.splice(0, faults.length, { ...deep, message: 'nests too deeply' })
  if (faults.length > 0) return { path, text, value: null, faults, placeOf }
  try {
    // Aliases may stand for much more than their text.
    return { path, text, value: document.toJS({ maxAliasCount: 100 }), faults, placeOf }
  } catch (error) {
    faults.push({ path, message: (error as Error).message })
    return { path, text, value: null, faults, placeOf }
  }
}

/** Where the deepest key of the path stands that there is. */
function offsetOf(contents: unknown, keys: readonly PropertyKey[]): number | null {
  let node = contents
  let offset = startOf(node)
  for (const key of keys) {
    if (!isCollection(node)) break
    const pair = isMap(node)
      ? node.items.find((item) => keyOf(item.key) === String(key))
      : undefined
    const next = pair === undefined ? node.get(key, true) : pair.value
    const start = startOf(isPair(pair) ? pair.key : next)
    if (start === null) break
    offset = start
    node = next
  }
  return offset
}

function keyOf(key: unknown): string {
  return String(typeof key === 'object' && key !== null && 'value' in key ? key.value : key)
}

function startOf(node: unknown): number | null {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null
  return Array.isArray(range) ? Number(range[0]) : null
}

interface Part {
  value?: unknown
  keys?: readonly PropertyKey[]
  /** Names of fields, for what was mistyped. */
  known?: readonly string[]
}

/** Checks a part of a document: the value as the schema gives it, or what is wrong with it. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  document: WrittenFile,
  { value = document.value, keys = [], known = [] }: Part = {},
): { value: z.output<Schema> } | { faults: Fault[] } {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return { value: parsed.data }
  const faults = parsed.error.issues.flatMap((issue) => messagesOf(issue, known))
  return {
    faults: faults.slice(0, faultsMax).map(({ path, message }) => {
      const all = [...keys, ...path]
      return faultAt(document, all, message)
    }),
  }
}

const faultsMax = 50

export function faultAt(
  document: WrittenFile,
  keys: readonly PropertyKey[],
  message: string,
): Fault {
  const field = fieldName(keys)
  return { path: document.path, ...document.placeOf(keys), ...(field && { field }), message }
}

function messagesOf(
  issue: z.core.$ZodIssue,
  known: readonly string[],
): { path: PropertyKey[]; message: string }[] {
  const { path, message } = issue
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      return { path: [...path, key], message: `is not a known field${didYouMean(key, known)}` }
    })
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return [{ path, message: `is required (${issue.expected})` }]
  }
  if (issue.code === 'invalid_value' && issue.input === undefined) {
    return [{ path, message: `is required (one of ${issue.values.map(String).join(', ')})` }]
  }
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    const near = didYouMean(issue.input, issue.values.map(String))
    return [{ path, message: `${message}${near}` }]
  }
  return [{ path, message: message.charAt(0).toLowerCase() + message.slice(1) }]
}

/** `rules[0].conditions[1].operator`. */
export function fieldName(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((so, key) => {
    if (typeof key === 'number') return `${so}[${key}]`
    return so === '' ? String(key) : `${so}.${String(key)}`
  }, '')
}
