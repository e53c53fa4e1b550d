// `panthera.yaml` as JSON Schema, for editors.
import { severities } from '../finding.ts'
import { engineNames, thresholds } from './settings.ts'

const text = (description: string) => ({ type: 'string', minLength: 1, description })
const texts = (description: string) => ({ type: 'array', items: { type: 'string' }, description })
const closed = (properties: object, more: object = {}) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
})

export const settingsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'panthera.yaml',
  description: 'How Panthera scans this project',
  ...closed({
    scan: closed({
      engines: {
        type: 'array',
        items: { enum: engineNames },
        description: 'Which engines run; all unless given',
      },
      'fail-on': {
        enum: thresholds,
        description: 'The least severity that makes the exit code 1; high unless given',
      },
      exclude: texts('Paths that are left out, in the syntax of .gitignore'),
      baseline: text('A file with findings that are known, from the folder of this file'),
    }),
    rules: closed({
      disable: texts('Rules that do not count'),
      severity: {
        type: 'object',
        additionalProperties: { enum: severities },
        description: 'Other severities of rules',
      },
    }),
    ignores: {
      type: 'array',
      description: 'Accepted findings: all that an entry says has to fit',
      items: closed(
        {
          rule: text(
            "A rule, another tool's name of it, or a vulnerability such as CVE-2021-23337",
          ),
          path: text('Where, in the syntax of .gitignore'),
          package: text('A package, or name@version'),
          fingerprint: { type: 'string', pattern: '^[0-9a-f]{16,64}$' },
          reason: text('Why it is accepted'),
          expires: {
            type: 'string',
            format: 'date',
            description: 'The last day on which it counts',
          },
        },
        {
          required: ['reason'],
          anyOf: [{ required: ['rule'] }, { required: ['package'] }, { required: ['fingerprint'] }],
        },
      ),
    },
  }),
} as const
