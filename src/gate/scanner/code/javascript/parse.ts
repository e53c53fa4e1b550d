// From the text of a file to its syntax tree (ESTree with TypeScript, UTF-16 offsets).
import { type ParserOptions, type Program, parseSync } from 'oxc-parser'
import { componentScripts } from './component.ts'
import { nestsTooDeep } from './nesting.ts'
import { readableParts } from './recovery.ts'

interface Parsed {
  /** Null where nothing could be read. */
  program: Program | null
  /** What of it could not; null for nothing. */
  problem: string | null
}

type Dialect = NonNullable<ParserOptions['lang']>

/** With the dot and in small letters, each with what it is tried as, the likeliest first. */
const dialects = new Map<string, readonly Dialect[]>([
  // JSX and Flow's types also stand in plain files.
  ['.js', ['jsx', 'tsx', 'ts']],
  ['.mjs', ['jsx', 'tsx']],
  ['.cjs', ['jsx', 'tsx']],
  ['.jsx', ['jsx', 'tsx']],
  ['.ts', ['ts', 'tsx']],
  ['.mts', ['ts']],
  ['.cts', ['ts']],
  ['.tsx', ['tsx']],
  ['.vue', ['ts', 'tsx']],
  ['.svelte', ['ts']],
])

export const extensions: readonly string[] = [...dialects.keys()]

/**
 * Never throws, and never hands a text to the native parser that would end the process. The parser
 * gives up at an error; what stands between other lines that begin a statement is read all the
 * same.
 */
export function parseProgram(path: string, fullText: string): Parsed {
  const extension = /\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? ''
  const isComponent = extension === '.vue' || extension === '.svelte'
  const text = isComponent ? componentScripts(fullText) : fullText
  const tried = dialects.get(extension) ?? ['jsx']
  const hasElements = tried.some((dialect) => dialect.endsWith('x'))
  if (nestsTooDeep(text, hasElements)) return { program: null, problem: 'it nests too deep' }
  let line: number | null = null
  for (const dialect of tried) {
    const parsed = parseAs(dialect, text)
    if (typeof parsed !== 'number') return { program: parsed, problem: null }
    line ??= parsed
  }
  for (const dialect of tried) {
    const readable = readableParts(text, (part) => typeof parseAs(dialect, part) !== 'number')
    const program = readable === null ? null : parseAs(dialect, readable)
    if (program === null || typeof program === 'number') continue
    return { program, problem: `some of it could not be parsed (line ${line})` }
  }
  return { program: null, problem: `it could not be parsed (line ${line})` }
}

/** The program, or the line of the error after which nothing is left. */
function parseAs(lang: Dialect, text: string): Program | number {
  const astType = lang === 'jsx' ? 'js' : 'ts'
  let line = 1
  for (const sourceType of ['unambiguous', 'commonjs'] as const) {
    const options = { lang, astType, sourceType, preserveParens: false } as const
    const { program, errors } = parseSync('file', text, options)
    // From small faults the parser recovers.
    if (errors.length === 0 || program.body.length > 0) return program
    line = text.slice(0, errors[0]?.labels[0]?.start ?? 0).split('\n').length
  }
  return line
}
