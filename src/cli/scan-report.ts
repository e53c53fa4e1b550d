// Writes the results of a scan in every format that was asked for.
import type { Report } from '../gate/scanner/report/report.ts'
import { writeToFile, writeToStdout } from './output.ts'
import type { Format, Target } from './scan-options.ts'
import { type ColourChoice, usesColour, widthOf } from './terminal.ts'

/** Files first: whoever reads stdout to its end finds them complete. */
export async function writeReports(
  report: Report,
  targets: readonly Target[],
  colour: ColourChoice,
): Promise<void> {
  for (const { format, file } of targets) {
    if (file !== null) await writeToFile(file, await render(report, format, plain))
  }
  const toStdout = targets.find(({ file }) => file === null)
  if (toStdout === undefined) return
  const { stdout } = process
  const look = { color: usesColour(stdout, colour), width: widthOf(stdout) }
  await writeToStdout(await render(report, toStdout.format, look))
}

interface Look {
  color: boolean
  width: number
}
const plain: Look = { color: false, width: 100 }

async function render(report: Report, format: Format, look: Look): Promise<AsyncIterable<string>> {
  switch (format) {
    case 'text':
      return (await import('../gate/scanner/report/text.ts')).writeText(report, look)
    case 'json':
      return (await import('../gate/scanner/report/json.ts')).writeJson(report)
    case 'sarif':
      return (await import('../gate/scanner/report/sarif.ts')).writeSarif(report)
    case 'csv':
      return (await import('../gate/scanner/report/csv.ts')).writeCsv(report)
  }
}
