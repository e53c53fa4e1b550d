// Commands of a shell script as checks see them.
import { list, made, scalar } from '../mapping.ts'
import type { List, Place, Value } from '../resource.ts'
import { type Command, readCommands, shells } from './commands.ts'

/**
 * A list of `{ name, text, words, sudo, outputs, input?, url?, executes?, executed? }`: `outputs`
 * are the files that it writes to by `>`, `input` is the command that is piped into it, `url` what
 * a download fetches, `executes` the address of a download that an interpreter runs as it arrives,
 * and `executed` is set for that download.
 *
 * `placeOf` tells where offsets of the script are in the file.
 */
export function commandsView(
  script: string,
  placeOf: (start: number, end: number) => Place,
  whole: Place,
): List {
  const commands = readCommands(script)
  const executed = new Map(
    commands.flatMap((command) => {
      const download = executedDownload(command)
      return download === null ? [] : [[command, download] as const]
    }),
  )
  const sources = new Set(executed.values())
  const views = commands.map((command) => {
    const values = viewOf(command, placeOf)
    const place = placeOf(command.start, command.end)
    const download = executed.get(command)
    if (download !== undefined) values.executes = scalar(downloadOf(download), place)
    if (sources.has(command)) values.executed = scalar(true, place)
    return made(values, place)
  })
  return list(views, whole)
}

function viewOf(
  command: Command,
  placeOf: (start: number, end: number) => Place,
): Record<string, Value | undefined> {
  const place = placeOf(command.start, command.end)
  const { name, text, words, isSudo } = command
  const values: Record<string, Value | undefined> = {
    name: scalar(name, place),
    text: scalar(text, place),
    words: list(
      words.map((word) => scalar(word.text, placeOf(word.start, word.end))),
      place,
    ),
    sudo: scalar(isSudo, place),
    outputs: list(
      command.outputs.map((output) => scalar(output, place)),
      place,
    ),
  }
  const input = command.pipedFrom.at(-1)
  if (input !== undefined) values.input = scalar(input.text, place)
  const url = downloadOf(command)
  if (url !== null) values.url = scalar(url, place)
  return values
}

const downloaders = new Set(['curl', 'wget', 'fetch', 'aria2c'])

/** The address that is fetched, as written; a text without one where it is not a plain word. */
function downloadOf({ name, words }: Command): string | null {
  if (!downloaders.has(name)) return null
  const address = words.find(({ text }) => /^["']?(?:https?|ftp):\/\//i.test(text))
  return address?.text ?? words.find(({ text }) => text.includes('$'))?.text ?? ''
}

const interpreters = /^(?:python[\d.]*|perl|ruby|node|php\d*|pwsh|powershell)$/

/** The download that the command runs as it arrives. */
function executedDownload(command: Command): Command | null {
  if (!runsInput(command)) return null
  const isScriptGiven =
    command.words.some(({ text }) => /^-[a-z]*c$/i.test(text)) || command.name === 'source'
  const sources = [...command.pipedFrom, ...command.inner]
  for (const source of sources) {
    // With `-c` the standard input is data for the script.
    if (isScriptGiven && command.pipedFrom.includes(source)) continue
    if (downloadOf(source) !== null) return source
  }
  return null
}

function runsInput({ name, words }: Command): boolean {
  if (name === 'source' || name === '.' || name.startsWith('$(')) return true
  if (shells.has(name)) return true
  // An interpreter with a script of its own takes its input as data.
  const isOwn = words.some(({ text }) => text !== '-' && !text.startsWith('-'))
  const isInline = words.some(({ text }) => /^-[a-z]*[ecm]$/.test(text))
  return interpreters.test(name) && !isOwn && !isInline
}
