// The way of data through the code: the first of a result's flows (SARIF 2.1.0, sections 3.36 to
// 3.38).
import type { Step } from '../../scanner/finding.ts'
import { listOf, member } from '../json/values.ts'
import { cleanLine } from '../text.ts'
import type { Artefacts } from './artefacts.ts'
import { messageText } from './message.ts'
import { locationIn } from './region.ts'

/** Of a longer flow the middle is left out: where it begins and ends says most. */
const stepsMax = 40
const labelCharsMax = 200

/** Steps without a file are left out. `hide` takes secrets out of their labels. */
export function stepsOf(
  codeFlows: unknown,
  artefacts: Artefacts,
  hide: (text: string) => string,
): Step[] {
  const [flow] = listOf(codeFlows)
  const [thread] = listOf(member(flow, 'threadFlows'))
  const locations = listOf(member(thread, 'locations'))
  const half = stepsMax / 2
  const shown =
    locations.length <= stepsMax
      ? locations
      : [...locations.slice(0, half), ...locations.slice(-half)]
  const steps: Step[] = []
  for (const entry of shown) {
    const location = member(entry, 'location')
    const physical = member(location, 'physicalLocation')
    const path = artefacts.path(member(physical, 'artifactLocation'))
    if (path === null) continue
    const { line, column } = locationIn(path, member(physical, 'region'))
    const label = messageText(member(location, 'message')) ?? ''
    steps.push({ path, line, column, label: cleanLine(hide(label), labelCharsMax) })
  }
  return steps
}
