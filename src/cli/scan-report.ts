// Writes the results of a scan in every format that was asked for.
import { reportFormats } from '../gate/scanner/report/formats.ts'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import type { Report } from '../gate/scanner/report/report.ts'
import { writeToFile, writeToStdout } from './output.ts'
import type { Target } from './scan-options.ts'
import { type ColourChoice, usesColour, widthOf } from './terminal.ts'

export interface Results {
  report: Report
  /** What follows the findings for a reader; on stderr where stdout is for a machine. */
  summary: readonly string[]
  colour: ColourChoice
  /** The findings are accepted, so a reader is told how many there are, and not each again. */
  accepted: boolean
}

/** Files first: whoever reads stdout to its end finds them complete. */
export async function writeReports(targets: readonly Target[], results: Results): Promise<void> {
  for (const { format, file } of targets) {
    if (file !== null) await writeToFile(file, await render(format, results, plain))
  }
  const toStdout = targets.find(({ file }) => file === null)
  if (toStdout === undefined) return
  if (toStdout.format === 'text' && results.accepted) {
    return writeToStdout(followed(nothing(), results.summary))
  }
  const { stdout } = process
  const look = { color: usesColour(stdout, results.colour), width: widthOf(stdout) }
  await writeToStdout(await render(toStdout.format, results, look))
}

interface Look {
  color: boolean
  width: number
}
const plain: Look = { color: false, width: 100 }

type Chunks = AsyncIterable<string>

async function render(
  name: Target['format'],
  { report, summary }: Results,
  look: Look,
): Promise<Chunks> {
  if (name === 'text') {
    const { writeText } = await import('../gate/scanner/report/text.ts')
    return followed(writeText(report, look), summary)
  }
  const format = reportFormats.find((each) => each.name === name)
  if (format === undefined) throw new TypeError(`no format ${name}`)
  return (await format.load())(report)
}

async function* nothing(): AsyncGenerator<string> {}

async function* followed(chunks: Chunks, lines: readonly string[]): AsyncGenerator<string> {
  yield* chunks
  for (const line of lines) yield withoutCommands(`${line}\n`)
}
