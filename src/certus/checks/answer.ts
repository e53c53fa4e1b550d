// What a check says at the code host, from what became of it. All that a repository names is a
// stranger's word here, and stands as code, where it can neither mention people nor make links.
import { z } from 'zod'
import { type Grade, isAtLeast, type Severity, severities } from '../seal/grade/score.ts'
import type { Outcome } from './outcome.ts'

export interface Annotation {
  path: string
  line: number
  severity: Severity
  title: string
  message: string
}

export interface Answer {
  conclusion: 'success' | 'failure' | 'neutral'
  /** One line, without anything of the repository's. */
  title: string
  /** Markdown. */
  summary: string
  annotations: Annotation[]
  url: string
}

/** Fifty to a request; more would hide the worst. */
export const annotationsMax = 300
const rowsMax = 20
const messageMax = 4_000

const Finding = z.object({
  title: z.string(),
  severity: z.enum(severities),
  rule_id: z.string().nullish(),
  file_path: z.string().nullish(),
  line_number: z.number().nullish(),
  remediation: z.string().nullish(),
})
type Finding = z.infer<typeof Finding>
const Content = z.object({ findings: z.array(Finding) })

export interface Asked {
  outcome: Outcome
  /** Of the pack, where there is one and it can be read. */
  content: unknown
  minimumGrade: Grade
  publicUrl: string
}

export function answerOf({ outcome, content, minimumGrade, publicUrl }: Asked): Answer {
  const api = `${publicUrl}/certus/api`
  if (outcome.kind === 'failed') {
    return {
      ...neutral('The scan could not be finished'),
      summary: `${plain(outcome.message)} (${code(outcome.code)})`,
      url: `${api}/evidence`,
    }
  }
  if (outcome.kind === 'quota') {
    const { limit, resets_at } = outcome
    const summary = `The plan allows ${limit} scans a month; the next begins on ${resets_at}.`
    return { ...neutral('The plan allows no more scans'), summary, url: `${api}/evidence` }
  }
  const findings = worstFirst(Content.safeParse(content).data?.findings ?? [])
  const { grade, score, pack_id } = outcome
  const passes = isAtLeast(grade as Grade, minimumGrade)
  const need = passes ? '' : `; ${minimumGrade} is needed`
  return {
    conclusion: passes ? 'success' : 'failure',
    title: `Grade ${grade}, score ${score}${need}`,
    summary: summaryOf(findings, { pack_id, grade, score, minimumGrade }),
    annotations: findings.flatMap(annotationOf).slice(0, annotationsMax),
    url: `${api}/evidence/${encodeURIComponent(pack_id)}/report`,
  }
}

function neutral(title: string): Omit<Answer, 'summary' | 'url'> {
  return { conclusion: 'neutral', title, annotations: [] }
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity }: Finding) => severities.indexOf(severity)
  return [...findings].sort((a, b) => rank(a) - rank(b))
}

function annotationOf(finding: Finding): Annotation[] {
  const { file_path: path, line_number: line, title, remediation, rule_id, severity } = finding
  if (!path) return []
  const words = [title, remediation, rule_id && `Rule: ${rule_id}`].filter(Boolean).join('\n')
  const message = words.slice(0, messageMax).toWellFormed()
  return [{ path, line: Math.max(1, Math.trunc(line ?? 1)), severity, title, message }]
}

interface Graded {
  pack_id: string
  grade: string
  score: number
  minimumGrade: Grade
}

function summaryOf(findings: readonly Finding[], graded: Graded): string {
  const { pack_id, grade, score, minimumGrade } = graded
  const counts = severities
    .map((severity) => ({
      severity,
      n: findings.filter((one) => one.severity === severity).length,
    }))
    .filter(({ n }) => n > 0)
    .map(({ severity, n }) => `${n} ${severity}`)
  const lines = [
    `**Grade ${grade}** (score ${score} of 100; ${minimumGrade} or better passes).`,
    '',
    counts.length === 0 ? 'Nothing was found.' : `Found: ${counts.join(', ')}.`,
  ]
  if (findings.length > 0) lines.push('', '| severity | finding | place |', '| --- | --- | --- |')
  for (const { severity, title, file_path, line_number } of findings.slice(0, rowsMax)) {
    const place = file_path ? code(line_number ? `${file_path}:${line_number}` : file_path) : ''
    lines.push(`| ${severity} | ${code(title)} | ${place} |`)
  }
  if (findings.length > rowsMax) lines.push('', `And ${findings.length - rowsMax} more.`)
  return [...lines, '', `Evidence pack: ${code(pack_id)}`].join('\n')
}

/**
 * As code in a row of a table: no markup, no mention, no end of the code. A bar is another one: for
 * some hosts a backslash before it ends its escape, and with that the cell.
 */
function code(text: string): string {
  const flat = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll('`', '’')
  const cut = flat.replaceAll('|', '¦').slice(0, 200).toWellFormed().trim()
  return cut === '' ? '' : `\`${cut}\``
}

/** Our own sentence. */
function plain(text: string): string {
  return text.slice(0, 1_000)
}
