// One result of a SARIF document as a finding, or the reason why it is none.
import type { Finding } from '../../scanner/finding.ts'
import type { Suppressed } from '../../scanner/suppressed.ts'
import { wrongType } from '../document-error.ts'
import { isObject, type JsonObject, listOf, member, objectOf, textOf } from '../json/values.ts'
import { descriptionCharsMax, titleCharsMax } from '../limits.ts'
import { showsSecret, withoutSecrets } from '../secret.ts'
import { clean, cleanLine, firstSentence } from '../text.ts'
import type { Identified } from './fingerprints.ts'
import { messageText } from './message.ts'
import { excerptOf, locationIn, maskedExcerpt, snippetOf } from './region.ts'
import { levelOf, type Rule } from './rule.ts'
import type { Run } from './run.ts'
import { type Level, securitySeverityOf, severityOf } from './severity.ts'
import { stepsOf } from './steps.ts'
import { cweOfProperties, cweOfTaxa } from './weakness.ts'

export const skipReasons = ['not_a_failure', 'suppressed', 'absent', 'no_severity'] as const
export type SkipReason = (typeof skipReasons)[number]

export interface Mapped {
  finding: Omit<Finding, 'fingerprints'>
  /** What its fingerprints are made of. */
  identified: Identified
}

/** With `suppressed` also one that was suppressed. Throws DocumentError with the place. */
export function mapResult(
  result: unknown,
  run: Run,
  place: () => string,
  { suppressed = false } = {},
): Mapped | SkipReason {
  if (!isObject(result)) throw wrongType(place(), 'an object', result)
  const rule = run.rules.of(result, place)
  const skipped = skipReason(result)
  if (skipped !== null && !(suppressed && skipped === 'suppressed')) return skipped
  const scanType = rule.scanType ?? run.scanType
  const properties = objectOf(result.properties)
  const severity = severityOf(
    levelOfResult(result) ?? rule.level ?? (scanType === 'secrets' ? 'error' : 'warning'),
    securitySeverityOf(properties['security-severity']) ?? rule.securitySeverity,
  )
  if (severity === null) return 'no_severity'
  const cweId =
    cweOfTaxa(result.taxa) ??
    cweOfProperties(properties) ??
    rule.cweId ??
    (scanType === 'secrets' ? 'CWE-798' : null)
  const [first] = listOf(result.locations)
  const physical = member(first, 'physicalLocation')
  const path = run.artefacts.path(member(physical, 'artifactLocation'))
  const region = member(physical, 'region')
  const snippet = snippetOf(region)
  const isSecret = showsSecret(scanType, cweId)
  const hide = hider(isSecret, snippet, [path ?? '', rule.id])
  // Some more than is kept, so that a secret across the cut is still seen whole.
  const said = (messageText(result.message, rule.messages) ?? '').slice(0, 4 * descriptionCharsMax)
  const message = clean(hide(said), descriptionCharsMax)
  return {
    finding: {
      ruleId: rule.id,
      scanType,
      severity,
      ...words(rule, message),
      remediation: rule.remediation,
      cweId,
      location: path === null ? null : locationIn(path, region),
      excerpt: isSecret ? maskedExcerpt(physical) : excerptOf(physical),
      steps: stepsOf(result.codeFlows, run.artefacts, hide),
      references: rule.references,
      origin: null,
    },
    identified: { result, ruleId: rule.id, path, message, snippet, isSecret },
  }
}

/** A rule's words say what is wrong in general, the message says what is wrong here. */
function words(rule: Rule, message: string): { title: string; description: string } {
  const title =
    rule.title ?? (message === '' ? rule.id : cleanLine(firstSentence(message), titleCharsMax))
  const says = message !== '' && message !== title
  return { title, description: says ? message : (rule.description ?? title) }
}

function hider(isSecret: boolean, snippet: string | null, known: readonly string[]) {
  if (!isSecret) return (text: string) => text
  return (text: string) => withoutSecrets(text, snippet, known)
}

/** Only what failed, or what a person should look at (section 3.27.9). */
function skipReason(result: JsonObject): SkipReason | null {
  const kind = textOf(result.kind) ?? 'fail'
  if (kind !== 'fail' && kind !== 'review' && kind !== 'open') return 'not_a_failure'
  if (result.baselineState === 'absent') return 'absent'
  return isSuppressed(result.suppressions) ? 'suppressed' : null
}

/** Who accepted a result, in its own words; null where nobody did. */
export function suppressionOf(result: unknown): Omit<Suppressed, 'finding'> | null {
  const suppressions = member(result, 'suppressions')
  if (!isSuppressed(suppressions)) return null
  const all = listOf(suppressions)
  const [said] = all.flatMap((one) => textOf(member(one, 'justification')) ?? [])
  const reason = said === undefined ? null : cleanLine(said, reasonCharsMax)
  return all.some((one) => member(one, 'kind') === 'inSource')
    ? { by: 'comment', source: 'a comment in the source', reason }
    : { by: 'config', source: 'a suppression outside of the source', reason }
}

const reasonCharsMax = 1_000

/** Suppressed is what has suppressions, all of them accepted (section 3.35.3). */
function isSuppressed(suppressions: unknown): boolean {
  const all = listOf(suppressions)
  return all.length > 0 && all.every((one) => (member(one, 'status') ?? 'accepted') === 'accepted')
}

/** What needs a person's look has level `none` by the standard, and yet is something to see. */
function levelOfResult(result: JsonObject): Level | null {
  const level = levelOf(result.level)
  const isFailure = (result.kind ?? 'fail') === 'fail'
  return isFailure || (level !== null && level !== 'none') ? level : 'note'
}
