// Labelled texts below each other, wrapped to the terminal, for commands that explain something.
import { displayWidth, wrap } from '../gate/scanner/report/layout.ts'
import { printable, widthOf } from './terminal.ts'

/** A text, which is wrapped, or lines, which are not. */
export type Field = readonly [label: string, value: string | readonly string[]]

export function fields(all: readonly Field[], width = widthOf(process.stdout)): string {
  const margin = Math.max(...all.map(([label]) => displayWidth(label))) + 4
  const indent = ' '.repeat(margin)
  return all
    .flatMap(([label, value]) => {
      const lines =
        typeof value === 'string'
          ? wrap(value, { width, indent })
          : value.map((line) => indent + printable(line))
      const [first = '', ...rest] = lines
      return [`  ${label.padEnd(margin - 2)}${first.slice(margin)}`, ...rest]
    })
    .join('\n')
}
