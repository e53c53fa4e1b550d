// The table of all commands. A new one is a file that exports a citty command, and a row here; it
// is loaded only when it is called.
import type { CommandDef } from 'citty'

export interface CommandEntry {
  name: string
  summary: string
  examples: readonly Example[]
  load: () => Promise<CommandDef>
}

export type Example = readonly [command: string, does: string]

export const commands: readonly CommandEntry[] = [
  {
    name: 'scan',
    summary: 'Find secrets in a folder, without a server, an account or a network',
    examples: [
      ['panthera scan', 'scan this folder'],
      ['panthera scan --history', 'also everything its git repository ever held'],
      ['panthera scan src --fail-on medium', 'exit with 1 from medium findings on'],
      ['panthera scan --format sarif=panthera.sarif --format text', 'a report for machines too'],
      ['panthera scan --write-baseline known.json', 'accept what there is today, ...'],
      ['panthera scan --baseline known.json', '... and tell only what is new'],
    ],
    load: async () => asCommand((await import('./scan.ts')).scan),
  },
  {
    name: 'serve',
    summary: 'Start the platform: every API on one port, with an embedded database',
    examples: [
      ['panthera serve', 'http://localhost:4000, data in .panthera'],
      ['PANTHERA_PORT=8080 panthera serve', 'on another port'],
    ],
    load: async () => asCommand((await import('./serve.ts')).serve),
  },
  {
    name: 'first-run',
    summary: 'Show or delete the keys and the password of the first start',
    examples: [
      ['panthera first-run', 'as JSON'],
      ['panthera first-run --clear', 'delete the file'],
    ],
    load: async () => asCommand((await import('./first-run.ts')).firstRun),
  },
  {
    name: 'key',
    summary: 'Create, list and revoke API keys',
    examples: [
      ['panthera key create --surface gate --name ci', 'a key for the scanner in CI'],
      ['panthera key list', 'which there are, and when they were used'],
    ],
    load: async () => asCommand((await import('./key.ts')).key),
  },
  {
    name: 'organization',
    summary: 'Create and list organizations, change their plan',
    examples: [['panthera organization create --name Acme --plan pro', 'with its first key']],
    load: async () => asCommand((await import('./organization.ts')).organization),
  },
  {
    name: 'doctor',
    summary: 'Tell what is missing or wrong on this machine, each with its fix',
    examples: [
      ['panthera doctor', 'also when the platform does not start'],
      ['panthera doctor --bundle support.json', 'a file for whoever helps, without secrets'],
    ],
    load: async () => asCommand((await import('./doctor.ts')).doctor),
  },
  {
    name: 'backup',
    summary: 'Write the whole installation into one encrypted file, while it runs or not',
    examples: [
      ['panthera backup panthera.backup', 'asks for a passphrase, or PANTHERA_BACKUP_PASSPHRASE'],
      ['panthera backup all.backup --include-master-key', 'with the key that seals its secrets'],
    ],
    load: async () => asCommand((await import('./backup.ts')).backup),
  },
  {
    name: 'restore',
    summary: 'Restore a backup into an empty installation, also on a newer PostgreSQL',
    examples: [
      ['panthera restore --check panthera.backup', 'is it whole, and what is in it?'],
      ['PANTHERA_DATA_DIR=new panthera restore panthera.backup', 'into a new data directory'],
    ],
    load: async () => asCommand((await import('./restore.ts')).restore),
  },
]

/** citty types a command by its arguments; the table holds all of them alike. */
function asCommand(command: object): CommandDef {
  return command as CommandDef
}
