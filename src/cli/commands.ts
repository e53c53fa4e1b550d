// The table of all commands. A new one is a file that exports a citty command, and a row here; it
// is loaded only when it is called.
import type { CommandDef } from 'citty'

export interface CommandEntry {
  name: string
  summary: string
  examples: readonly Example[]
  /** Titles of options that belong together, in their order. */
  groups?: readonly (readonly [title: string, options: readonly string[]])[]
  load: () => Promise<CommandDef>
}

export type Example = readonly [command: string, does: string]

export const commands: readonly CommandEntry[] = [
  {
    name: 'scan',
    summary: 'Find weaknesses in code, dependencies, secrets and infrastructure',
    examples: [
      ['panthera scan', 'scan this folder: no server, no account, no network'],
      ['panthera scan --since main', 'tell only what is new against a branch'],
      ['panthera scan src --fail-on medium', 'exit with 1 from medium findings on'],
      ['panthera scan --only secrets --history', 'everything the git repository ever held'],
      ['panthera scan --format sarif=panthera.sarif --format text', 'a report for machines too'],
      ['panthera scan --format html=report.html', 'a page to hand on'],
      ['panthera scan --format cyclonedx=bom.cdx.json', 'a bill of materials'],
      ['panthera scan --write-baseline known.json', 'accept what there is today, ...'],
      ['panthera scan --baseline known.json', '... and tell only what is new'],
    ],
    groups: [
      ['What is looked at', ['only', 'skip', 'history', 'exclude', 'ignore', 'cache', 'workers']],
      ['What is told', ['since', 'baseline', 'write-baseline', 'min-severity', 'suppressed']],
      ['How it is told', ['format', 'color', 'quiet', 'skipped', 'set-aside']],
      ['What the exit code says', ['fail-on', 'exit-zero', 'strict']],
      ['Handing it to a server', ['send', 'repository', 'branch']],
    ],
    load: async () => asCommand((await import('./scan.ts')).scan),
  },
  {
    name: 'explain',
    summary: 'Tell everything about a rule or a vulnerability',
    examples: [
      ['panthera explain sql-injection', 'what, why, how to mend it, examples'],
      ['panthera explain CKV_AWS_20', 'by what another tool calls it'],
      ['panthera explain CVE-2021-23337', 'what the advisories know'],
    ],
    load: async () => asCommand((await import('./explain.ts')).explain),
  },
  {
    name: 'why',
    summary: 'Tell why something is reported in a file, or why nothing is',
    examples: [
      ['panthera why src/orders.ts', 'is it looked at, by whom, what was found and set aside?'],
      ['panthera why src/orders.ts:42', 'on one line'],
    ],
    load: async () => asCommand((await import('./why.ts')).why),
  },
  {
    name: 'adopt',
    summary: 'Turn suppressions of other tools (nosemgrep, nosec, checkov:skip, …) into our own',
    examples: [
      ['panthera adopt', 'show what would be written'],
      ['panthera adopt --write', 'write it; the comments of the other tools stay'],
    ],
    load: async () => asCommand((await import('./adopt.ts')).adopt),
  },
  {
    name: 'rules',
    summary: 'List the rules',
    examples: [['panthera rules --engine infrastructure', 'of one engine']],
    load: async () => asCommand((await import('./rules.ts')).rules),
  },
  {
    name: 'config',
    summary: 'Show the settings of a scan and where each comes from',
    examples: [
      ['panthera config', 'flag, environment, panthera.yaml, your own, default'],
      ['panthera config --schema', 'JSON Schema of panthera.yaml, for editors'],
    ],
    load: async () => asCommand((await import('./config.ts')).config),
  },
  {
    name: 'advisories',
    summary: 'Update the vulnerabilities that packages are compared with, and tell their dates',
    examples: [
      ['panthera advisories update --from npm/all.zip', 'OSV records of an ecosystem'],
      ['panthera advisories update --from advisory-db', 'a folder: a database, zips of OSV'],
      ['panthera advisories status', 'which there are, from when and whom'],
    ],
    load: async () => asCommand((await import('./advisories.ts')).advisories),
  },
  {
    name: 'certificate',
    summary: 'Issue, renew, deploy and revoke certificates; inspect and lint any',
    examples: [
      ['panthera certificate issue shop.example.com', 'by the internal authority'],
      ['panthera certificate list --status expiring', 'which end within 30 days'],
      ['panthera certificate download 1 --key --output shop.pem', 'with its chain and its key'],
      ['panthera certificate deploy 1', 'to its targets, by their agents'],
      ['panthera certificate inspect server.pem', 'PEM, DER, PKCS #12 or JKS; what is wrong first'],
      ['panthera certificate lint server.pem', 'against RFC 5280 and what browsers ask'],
    ],
    load: async () => asCommand((await import('./certificate.ts')).certificate),
  },
  {
    name: 'agent',
    summary: 'Run the certificate agent, which deploys to the servers of its host',
    examples: [
      ['panthera agent run --config agent.yaml', 'until a signal; outbound HTTPS only'],
      ['panthera agent check --config agent.yaml', 'is the host as it needs it?'],
    ],
    load: async () => asCommand((await import('./agent.ts')).agent),
  },
  {
    name: 'discover',
    summary: 'Find certificates on servers and in files, and what is wrong with them',
    examples: [
      ['panthera discover tls example.com', 'what a server shows'],
      ['panthera discover tls 10.0.0.0/24 --ports 443,8443,636', 'a network'],
      ['panthera discover tls smtp://mail.example.com imap://mail.example.com', 'by STARTTLS'],
      ['panthera discover files /etc', 'PEM, DER, PKCS #7, PKCS #12 and Java key stores by name'],
      ['panthera discover files / --deep', 'by the content of every file'],
      ['panthera discover files /etc --fail-on expiring=14', 'exit with 1 where one ends soon'],
    ],
    load: async () => asCommand((await import('./discover.ts')).discover),
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
    name: 'login',
    summary: 'Keep a credential for this user on this machine',
    examples: [
      ['panthera login --url https://panthera.example.com', 'with your password: makes keys'],
      ['panthera login --with-key < key.txt', 'with a key that somebody made for you'],
      ['panthera login --forget', 'revoke the keys and delete them'],
    ],
    load: async () => asCommand((await import('./login.ts')).login),
  },
  {
    name: 'control',
    summary: 'Tell which controls there are and what shows that they hold',
    examples: [
      ['panthera control list', 'the frameworks'],
      ['panthera control list soc2', 'the controls of one'],
      ['panthera control explain soc2/CC6.1', 'what proves it, and how surely'],
      ['panthera control explain CWE-89', 'which controls a weakness is against'],
    ],
    load: async () => asCommand((await import('./control.ts')).control),
  },
  {
    name: 'evidence',
    summary: 'Make, submit, compare and verify evidence packs',
    examples: [
      ['panthera evidence pack --output pack.json', 'scan, map to controls, grade and seal'],
      ['panthera evidence pack --coverage lcov.info --output pack.json', 'with test coverage'],
      ['panthera evidence history --repository acme/shop', 'what the server holds'],
      ['panthera evidence drift old.json new.json', 'what changed between two packs'],
      ['panthera evidence seal pack.json', 'with PANTHERA_EVIDENCE_SECRET, without a server'],
      ['panthera evidence submit pack.json', 'seal it and hand it to the server'],
      ['panthera evidence verify bundle.json', 'check what a server stored, without it'],
      ['panthera evidence verify bundle.json --key 4f…', 'signed by a key that you know'],
    ],
    load: async () => asCommand((await import('./evidence.ts')).evidence),
  },
  {
    name: 'blueprint',
    summary: 'Named sets of controls, and whether they are held up',
    examples: [
      ['panthera blueprint list', 'which there are'],
      ['panthera blueprint run soc2-code', 'scan this folder and tell'],
      ['panthera blueprint run cra-product --pack pack.json', 'of a pack that there is'],
    ],
    load: async () => asCommand((await import('./blueprint.ts')).blueprint),
  },
  {
    name: 'audit',
    summary: 'Verify exported audit logs, without a server',
    examples: [
      ['panthera audit verify audit.ndjson', 'changed, removed, moved or cut?'],
      ['panthera audit verify audit.ndjson --key ID', 'signed by the key that you know?'],
      ['panthera audit verify audit.ndjson --checkpoint kept.json', 'does it reach that far?'],
    ],
    load: async () => asCommand((await import('./audit.ts')).audit),
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
    name: 'client',
    summary: 'Create, list, rotate and delete OAuth clients',
    examples: [
      ['panthera client create --name ci --scopes evaluate:decisions', 'with its secret'],
      ['panthera client rotate client_…', 'a new secret, the old one goes on for a day'],
    ],
    load: async () => asCommand((await import('./client.ts')).client),
  },
  {
    name: 'token',
    summary: 'Get, inspect and revoke access tokens',
    examples: [
      ['panthera token issue --client-id client_…', 'with PANTHERA_CLIENT_SECRET set'],
      ['panthera token issue | panthera token inspect', 'what is in it, and does it hold?'],
    ],
    load: async () => asCommand((await import('./token.ts')).token),
  },
  {
    name: 'policy',
    summary: 'Validate, test and explain policies in files, without a server',
    examples: [
      ['panthera policy test', 'what the tests in this folder expect, is it decided?'],
      ['panthera policy test database.yaml --verbose', 'the tests beside one policy'],
      ['panthera policy test policies --format junit', 'for a CI server'],
      ['panthera policy validate policies', 'what is wrong, and in which line'],
      ['panthera policy validate --cedar database.yaml', 'what rules are in Cedar'],
      ['panthera policy explain --policy database.yaml --request request.yaml', 'why, or why not'],
    ],
    load: async () => asCommand((await import('./policy.ts')).policy),
  },
  {
    name: 'organization',
    summary: 'Create and list organizations, change their plan',
    examples: [['panthera organization create --name Acme --plan pro', 'with its first key']],
    load: async () => asCommand((await import('./organization.ts')).organization),
  },
  {
    name: 'owner',
    summary: 'Let an owner back in who lost the password, on the machine of the server',
    examples: [
      ['panthera owner reset owner@localhost', 'a new password, shown once; sessions end'],
      ['panthera owner reset owner@localhost --disable-2fa', 'the phone is lost, too'],
    ],
    load: async () => asCommand((await import('./owner.ts')).owner),
  },
  {
    name: 'user',
    summary: 'Give an address back that a stranger registered first',
    examples: [
      ['panthera user release ceo@example.com', 'in which organizations is its account?'],
      ['panthera user release ceo@example.com --from ID', 'take the address from that account'],
    ],
    load: async () => asCommand((await import('./user.ts')).user),
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
