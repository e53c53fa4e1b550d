// What ADD and COPY bring into an image.
import { list, made, scalar } from '../mapping.ts'
import type { Mapping, Value } from '../resource.ts'
import { splitFlags } from './flags.ts'
import type { Instruction } from './instructions.ts'
import { substitute, type Variables } from './variables.ts'

export function isTransfer(name: string): boolean {
  return name === 'ADD' || name === 'COPY'
}

/** `{ sources, destination, from?, checksum?, chmod? }`; what is fetched is a source in clear. */
export function transferView(instruction: Instruction, variables: Variables): Mapping {
  const { text, place, placeOf } = instruction
  const { flags, rest } = splitFlags(text)
  const words = wordsOf(text, rest)
  const destination = words.pop()
  const values: Record<string, Value | undefined> = {
    sources: list(
      words.map(({ word, at }) =>
        scalar(substitute(word, variables) ?? word, placeOf(at, at + word.length)),
      ),
      place,
    ),
    destination: destination === undefined ? undefined : scalar(destination.word, place),
  }
  for (const key of ['from', 'checksum', 'chmod', 'chown']) {
    const value = flags.get(key)
    if (value !== undefined) values[key] = scalar(value, place)
  }
  return made(values, place)
}

const wordsMax = 500

function wordsOf(text: string, from: number): { word: string; at: number }[] {
  const isJson = text.startsWith('[', from)
  const pattern = isJson ? /"((?:\\.|[^"\\])*)"/g : /(\S+)/g
  pattern.lastIndex = from
  return [...matchesFrom(pattern, text)].slice(0, wordsMax)
}

function* matchesFrom(pattern: RegExp, text: string) {
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    yield { word: found[1] ?? '', at: found.index }
  }
}
