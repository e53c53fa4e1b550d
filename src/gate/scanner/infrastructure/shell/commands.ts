// Which commands a shell script runs, and what is piped into what.
import { type Operator, tokenize, type Word } from './lexer.ts'

export interface Command {
  /** The program, without its folder and without what only starts it: `sudo -E bash` is bash. */
  name: string
  /** The arguments after the name. */
  words: readonly Word[]
  /** Everything in its words, joined by blanks. */
  text: string
  start: number
  end: number
  isSudo: boolean
  /** Files that its output goes to, as they are written. */
  outputs: readonly string[]
  /** Commands before it in the same pipeline, the nearest last. */
  pipedFrom: readonly Command[]
  /** Commands whose output stands in its words. */
  inner: readonly Command[]
}

const commandsMax = 5000
const depthMax = 4

/** All commands, those in substitutions and in `sh -c '…'` included. */
export function readCommands(script: string): Command[] {
  const found: Command[] = []
  collect(script, 0, script.length, 0, found)
  return found
}

/** Adds to `found`; returns those that are not nested. */
function collect(
  script: string,
  from: number,
  to: number,
  depth: number,
  found: Command[],
): Command[] {
  const own: Command[] = []
  let pipeline: Command[] = []
  let words: Word[] = []
  let outputs: string[] = []
  const finish = (operator: Operator | null) => {
    const command = toCommand({ words, outputs, pipeline }, script, depth, found)
    words = []
    outputs = []
    if (command !== null && found.length < commandsMax) {
      found.push(command)
      own.push(command)
    }
    const isPipe = operator?.text === '|' || operator?.text === '|&'
    pipeline = isPipe && command !== null ? [...pipeline.slice(-20), command] : []
  }
  const tokens = tokenize(script, from, to)
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'word') {
      const target = tokens[index - 1]
      if (target?.kind !== 'operator' || !isRedirection(target)) words.push(token)
      else if (target.text.includes('>')) outputs.push(token.text)
    } else if (!isRedirection(token)) finish(token)
  }
  finish(null)
  return own
}

function isRedirection({ text }: Operator): boolean {
  return /[<>]/.test(text)
}

const keywords = new Set(
  'if then elif else fi for while until do done case esac in ! { } time'.split(' '),
)
const starters = new Set(
  'sudo doas env exec command nohup nice builtin eval setsid gosu su-exec'.split(' '),
)

interface Parts {
  words: readonly Word[]
  outputs: readonly string[]
  pipeline: readonly Command[]
}

function toCommand(
  { words: all, outputs, pipeline }: Parts,
  script: string,
  depth: number,
  found: Command[],
): Command | null {
  const [first] = all
  const last = all.at(-1)
  if (first === undefined || last === undefined) return null
  const { at, isSudo } = nameAt(all)
  const named = all[at]
  const inner: Command[] = []
  for (const range of all.flatMap((word) => word.inner)) {
    if (depth < depthMax) inner.push(...collect(script, range.start, range.end, depth + 1, found))
  }
  const name = named === undefined ? '' : (named.text.split('/').at(-1) ?? '')
  const words = all.slice(at + 1)
  if (depth < depthMax) inner.push(...scriptOf(name, words, depth, found))
  return {
    name,
    words,
    text: all.map(({ text }) => text).join(' '),
    start: first.start,
    end: last.end,
    isSudo,
    outputs,
    pipedFrom: pipeline,
    inner,
  }
}

/** Past assignments, keywords, and programs that start another one, with their options. */
function nameAt(words: readonly Word[]): { at: number; isSudo: boolean } {
  let isSudo = false
  let isStarted = false
  let at = 0
  for (; at < words.length; at++) {
    const { text } = words[at] as Word
    if (/^[A-Za-z_]\w*\+?=/.test(text) || keywords.has(text)) continue
    if (isStarted && text.startsWith('-')) {
      if (/^-[ugUC]$/.test(text)) at++
      continue
    }
    const name = text.split('/').at(-1) ?? ''
    if (!starters.has(name)) break
    isStarted = true
    if (name === 'sudo' || name === 'doas') isSudo = true
  }
  return { at, isSudo }
}

export const shells: ReadonlySet<string> = new Set(
  'sh bash zsh dash ash ksh fish pwsh powershell powershell.exe'.split(' '),
)

/** What `sh -c '…'` runs. Its places are those of the whole text. */
function scriptOf(
  name: string,
  words: readonly Word[],
  depth: number,
  found: Command[],
): Command[] {
  if (!shells.has(name)) return []
  const flag = words.findIndex(({ text }) => /^-[a-z]*c$/i.test(text))
  const script = words[flag + 1]
  if (flag === -1 || script === undefined || script.inner.length > 0) return []
  const before = found.length
  const own = collect(script.text, 0, script.text.length, depth + 1, found)
  for (const command of found.slice(before)) {
    command.start = script.start
    command.end = script.end
  }
  return own
}
