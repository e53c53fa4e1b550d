// Reads `panthera.yaml` strictly: what is not understood is told, never passed over.
import { severities } from '../finding.ts'
import { patternProblem, patternsMax } from './path-pattern.ts'
import {
  engineNames,
  type Ignore,
  type ProjectSettings,
  SettingsError,
  thresholds,
} from './settings.ts'
import { YamlFields } from './yaml-fields.ts'

/** @throws {SettingsError} for the first thing wrong; `path` opens its message */
export function readSettings(text: string, path: string): ProjectSettings {
  if (text.length > settingsCharsMax) {
    const message = `it has over ${settingsCharsMax} characters, and no more are read`
    throw new SettingsError(message, { path, line: 1 })
  }
  const file = YamlFields.read(text, path)
  const scan = file.child('scan')
  const rules = file.child('rules')
  const ignores = file.children('ignores')
  file.nothingElse(['scan', 'rules', 'ignores'])
  const settings = {
    scan: {
      engines: scan.listOf('engines', engineNames),
      failOn: scan.oneOf('fail-on', thresholds),
      exclude: readExclude(scan),
      baseline: scan.text('baseline'),
    },
    rules: {
      disable: rules.list('disable'),
      severity: rules.child('severity').rest(severities),
    },
    ignores: ignores.map(readIgnore),
  }
  scan.nothingElse(['engines', 'fail-on', 'exclude', 'baseline'])
  rules.nothingElse(['disable', 'severity'])
  return settings
}

/** YAML has forms whose reading takes the square of their length. */
const settingsCharsMax = 64 << 10

function readIgnore(fields: YamlFields): Ignore {
  const { line } = fields
  const ignore = {
    rule: fields.text('rule'),
    path: fields.text('path'),
    package: fields.text('package'),
    fingerprint: fields.text('fingerprint', /^[0-9a-f]{16,64}$/, 'hex digits of a fingerprint'),
    reason: fields.text('reason'),
    expires: fields.text('expires', dayForm, 'a day such as 2026-01-31'),
  }
  fields.nothingElse(['rule', 'path', 'package', 'fingerprint', 'reason', 'expires'])
  const { rule, path, fingerprint, reason, expires } = ignore
  if (path !== null) refuseUnlessTaken(fields, 'path', path)
  if (rule === null && fingerprint === null && ignore.package === null) {
    fields.refuse('must name a rule, a package or a fingerprint')
  }
  if (reason === null) fields.refuse('must give a reason')
  if (expires !== null && Number.isNaN(Date.parse(expires))) {
    fields.refuse(`names a day that is none: ${expires}`)
  }
  return { ...ignore, reason, line }
}

function readExclude(scan: YamlFields): string[] {
  const patterns = scan.list('exclude')
  if (patterns.length > patternsMax) {
    scan.refuse(`must not exclude more than ${patternsMax} patterns`)
  }
  for (const pattern of patterns) refuseUnlessTaken(scan, 'exclude', pattern)
  return patterns
}

function refuseUnlessTaken(fields: YamlFields, key: string, pattern: string): void {
  const problem = patternProblem(pattern)
  const shown = pattern.length > shownMax ? `${pattern.slice(0, shownMax)}…` : pattern
  if (problem !== null) fields.refuse(`has in ${key} a pattern that ${problem}: ${shown}`)
}

const shownMax = 40

const dayForm = /^\d{4}-\d{2}-\d{2}$/
