// The report as commands of GitHub's workflows, which become annotations on a pull request's files.
import { type Finding, severities } from '../finding.ts'
import { engineNames } from './engine-name.ts'
import { gapLine, warnings } from './gaps.ts'
import { isolate } from './layout.ts'
import type { Report } from './report.ts'
import { levels } from './severity.ts'

/**
 * The most severe first: GitHub takes ten errors, ten warnings and ten notices of a step. Of the
 * others it is said how many there are.
 */
export async function* writeGithub({ findings, gaps = [] }: Report): AsyncGenerator<string> {
  const chosen = new Map<Command, Finding[]>(commands.map((command) => [command, []]))
  let left = 0
  for await (const finding of findings) {
    const list = chosen.get(commandOf(finding)) ?? []
    list.push(finding)
    // Stable: of equal ones the first stay.
    list.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
    if (list.length > annotationsMax) left += list.splice(annotationsMax).length
  }
  for (const [command, list] of chosen) {
    for (const finding of list)
      yield `::${command} ${propertiesOf(finding)}::${messageOf(finding)}\n`
  }
  if (left > 0) yield `${left} more findings have no annotation\n`
  const told = warnings(gaps)
  if (told.length === 0) return
  const text = told.slice(0, gapsMax).map(gapLine).map(escaped).join('%0A')
  const more = told.length > gapsMax ? `%0Aand ${told.length - gapsMax} more` : ''
  yield `::notice title=Not looked at::${text}${more}\n`
}

type Command = 'error' | 'warning' | 'notice'
const commands: readonly Command[] = ['error', 'warning', 'notice']
const annotationsMax = 10
const gapsMax = 20

function commandOf({ severity }: Finding): Command {
  const level = levels[severity]
  return level === 'note' ? 'notice' : level
}

function propertiesOf({ location, ruleId, severity, scanType }: Finding): string {
  const { path, line, column, endLine, endColumn } = location ?? {}
  const columns = line === endLine ? { col: column, endColumn } : {}
  const place = location === null ? {} : { file: path, line, endLine, ...columns }
  const title = `${ruleId} (${severity}, ${engineNames[scanType]})`
  return Object.entries({ ...place, title })
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name}=${escaped(String(value)).replace(/:/g, '%3A').replace(/,/g, '%2C')}`,
    )
    .join(',')
}

function messageOf({ title, description, remediation }: Finding): string {
  return [title, description, remediation].map(escaped).join('%0A')
}

/** As the runner's own toolkit writes it. */
function escaped(text: string): string {
  return isolate(text.replace(/\s+/g, ' ')).replace(/%/g, '%25')
}
