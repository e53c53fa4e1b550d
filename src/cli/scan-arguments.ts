// The options of `panthera scan`.
import type { ArgsDef } from 'citty'
import { severities } from '../gate/scanner/finding.ts'
import { engineNames, thresholds } from '../gate/scanner/project/settings.ts'
import { reportFormats } from '../gate/scanner/report/formats.ts'
import { colourChoices } from './terminal.ts'

export const scanArguments = {
  path: { type: 'positional', default: '.', description: 'A folder or a file' },
  format: {
    type: 'string',
    valueHint: 'FORMAT[=FILE]',
    default: 'text',
    description: `${reportFormats.map(({ name }) => name).join(', ')}; may be repeated`,
  },
  'fail-on': {
    type: 'enum',
    options: [...thresholds],
    description: 'the least severity that makes the exit code 1 [high]',
  },
  'exit-zero': { type: 'boolean', description: 'exit with 0 although there are findings' },
  strict: { type: 'boolean', description: 'exit with 3 when the scan is incomplete' },
  'min-severity': {
    type: 'enum',
    options: [...severities],
    description: 'leave what is less severe out of reports; it is only counted',
  },
  only: {
    type: 'string',
    valueHint: 'ENGINES',
    description: `run these engines alone: ${engineNames.join(', ')}`,
  },
  skip: { type: 'string', valueHint: 'ENGINES', description: 'run all engines but these' },
  since: {
    type: 'string',
    valueHint: 'REF',
    description: 'tell only what is new against this commit, branch or tag',
  },
  baseline: { type: 'string', valueHint: 'FILE', description: 'tell only what FILE does not know' },
  'write-baseline': {
    type: 'string',
    valueHint: 'FILE',
    description: 'write what there is now, so that it is known later',
  },
  history: { type: 'boolean', description: 'also scan everything the git repository ever held' },
  exclude: {
    type: 'string',
    valueHint: 'PATTERN',
    description: 'leave paths out, in the syntax of .gitignore; may be repeated',
  },
  ignore: {
    type: 'boolean',
    default: true,
    negativeDescription: 'scan also what ignore files, scan.exclude and the defaults leave out',
  },
  suppressed: {
    type: 'boolean',
    default: true,
    negativeDescription: 'leave what was set aside out of reports; GitHub opens alerts for it',
  },
  cache: { type: 'boolean', default: true, negativeDescription: 'scan everything anew' },
  workers: {
    type: 'string',
    valueHint: 'N',
    description: 'processes that scan; as many as processors',
  },
  skipped: { type: 'boolean', description: 'list what was left out, with the reason' },
  'set-aside': { type: 'boolean', description: 'list findings that were set aside, and by what' },
  send: {
    type: 'boolean',
    description: 'hand the findings, with the lines around them, to the server of PANTHERA_URL',
  },
  repository: {
    type: 'string',
    valueHint: 'NAME',
    description: 'with --send: what the findings belong to, github:owner/name; origin unless given',
  },
  branch: {
    type: 'string',
    valueHint: 'NAME',
    description: 'with --send: the branch they are on; the one checked out unless given',
  },
  quiet: {
    type: 'boolean',
    description: 'no progress and no notes, only results and why the exit code is not 0',
  },
  color: {
    type: 'enum',
    options: [...colourChoices],
    default: 'auto',
    description: 'colour; NO_COLOR and FORCE_COLOR count too',
  },
} satisfies ArgsDef
