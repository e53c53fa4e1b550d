// The form of yarn.lock version 1: a line of patterns, below it fields by two blanks and what the
// package depends on by four.
import { Unreadable } from '../formats/unreadable.ts'

export interface YarnBlock {
  /** `name@range`. */
  patterns: string[]
  /** Where the name of the first pattern stands. */
  start: number
  end: number
  fields: Map<string, string>
  needs: [name: string, range: string][]
}

export function parseYarn(text: string): YarnBlock[] {
  const blocks: YarnBlock[] = []
  let block: YarnBlock | null = null
  let section = ''
  for (const { 0: line, index } of text.matchAll(/^[^\S\n]*[^\s#][^\n]*/gm)) {
    const indent = line.search(/\S/)
    const content = line.trimEnd()
    if (indent === 0) {
      if (!content.endsWith(':')) throw new Unreadable('not a yarn.lock')
      block = blockOf(content, index)
      blocks.push(block)
      section = ''
      continue
    }
    const [, name, value] = /^\s*("[^"]*"|[^\s"]+?):?(?:\s+(.*))?$/.exec(content) ?? []
    if (block === null || name === undefined) throw new Unreadable('not a yarn.lock')
    if (value === undefined) section = unquoted(name)
    else if (indent <= 2) {
      block.fields.set(unquoted(name), unquoted(value))
      section = ''
    } else if (/^(?:d|optionalD)ependencies$/.test(section)) {
      block.needs.push([unquoted(name), unquoted(value)])
    }
  }
  return blocks
}

function blockOf(content: string, index: number): YarnBlock {
  const patterns = [...content.slice(0, -1).matchAll(/"([^"]*)"|[^",]+/g)].flatMap(
    ([plain, quoted]) => quoted ?? (plain.trim() || []),
  )
  const start = index + (content.startsWith('"') ? 1 : 0)
  const nameChars = Math.max((patterns[0] ?? '').indexOf('@', 1), 0)
  return { patterns, start, end: start + nameChars, fields: new Map(), needs: [] }
}

const unquoted = (text: string) => (text.startsWith('"') ? text.slice(1, -1) : text)
