// What a pack says, for people: grade, findings, controls, what was not looked at, and what to mend
// for a better grade.
import { bands, type Grade, grades, type Severity } from '../certus/seal/grade/score.ts'
import { type ComputedGrade, computedOf, countsOf } from '../certus/seal/grade/submission.ts'
import { wayTo } from '../certus/seal/grade/way.ts'
import type { JsonObject } from '../certus/seal/json/read.ts'
import { type Field, fields } from './page.ts'

export interface ShownPack {
  findings: readonly {
    severity: Severity
    title: string
    file_path: string | null
    line_number: number | null
  }[]
  control_results: readonly {
    framework: string
    control_id: string
    status: 'pass' | 'fail' | 'partial' | 'not_tested'
  }[]
  engines: readonly { engine: string; state: string; told: string | null }[]
}

const shownMax = 10

/** @param wanted the next better one unless given */
export function summaryOf(pack: JsonObject, wanted: Grade | null): string {
  const shown = pack as unknown as ShownPack & { repo_slug: string; commit_hash: string }
  const computed = computedOf(shown)
  const { grade, score } = computed
  const head = `${shown.repo_slug} at ${shown.commit_hash.slice(0, 12)}: grade ${grade}, ${score}`
  const counts = Object.entries(countsOf(shown)).filter(([, count]) => count > 0)
  const page: Field[] = [
    [
      'Findings',
      counts.length === 0 ? 'none' : counts.map(([name, n]) => `${n} ${name}`).join(', '),
    ],
    ['Controls', controlLines(shown)],
  ]
  const open = shown.engines.filter(({ state }) => state !== 'ran')
  if (open.length > 0) {
    const lines = open.map(({ engine, told, state }) => `${engine}: ${told ?? state}`)
    page.push(['Not tested', lines])
  }
  const goal = wanted ?? better(grade)
  if (goal !== null) page.push([`For grade ${goal}`, wayLines(shown, computed, goal)])
  return `${head}\n\n${fields(page)}\n`
}

function controlLines({ control_results }: ShownPack): string[] {
  const byFramework = Map.groupBy(control_results, ({ framework }) => framework)
  return [...byFramework].map(([framework, results]) => {
    const count = (state: string) => results.filter(({ status }) => status === state).length
    const tested = results.length - count('not_tested')
    const parts = [`${count('pass')} pass`, `${count('fail')} fail`, `${count('partial')} partial`]
    const rest = `of ${tested} tested; ${count('not_tested')} not tested`
    return `${framework.padEnd(12)} ${parts.join(', ')} ${rest}`
  })
}

function better(grade: Grade): Grade | null {
  return grades[grades.indexOf(grade) - 1] ?? null
}

function wayLines(pack: ShownPack, computed: ComputedGrade, goal: Grade): string[] {
  if (grades.indexOf(computed.grade) <= grades.indexOf(goal)) return ['reached']
  const { mend } = wayTo(goal, pack.findings)
  const lines = mend.slice(0, shownMax).map(({ severity, title, file_path, line_number }) => {
    const place = file_path === null ? '' : ` (${file_path}${placeIn(line_number)})`
    return `mend ${severity}: ${title}${place}`
  })
  if (mend.length > shownMax) lines.push(`and ${mend.length - shownMax} more`)
  const { controls_score: controls } = computed
  if (controls !== null && controls < bands[goal]) {
    lines.push(`controls come to ${controls}, ${bands[goal]} is asked for: see which fail`)
  }
  return lines.length === 0 ? ['nothing that was found stands in its way'] : lines
}

function placeIn(line: number | null): string {
  return line === null ? '' : `:${line}`
}
