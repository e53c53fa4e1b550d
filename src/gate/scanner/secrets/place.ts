// What a path tells about a file: whether it is test data, documentation or a lock file, and
// whether values stand in it without quotes.
import { anyOf, wordSet } from './any-of.ts'

export const places = ['test', 'docs', 'locale', 'lock', 'asset', 'credentials'] as const
export type Place = (typeof places)[number]

/**
 * `config`: in `NAME=value` the value needs no quotes (env, ini, properties, YAML, shell, prose).
 * `code`: only what stands in quotes is a value; the rest are variables.
 */
export type Syntax = 'config' | 'code'

export interface PathTraits {
  places: ReadonlySet<Place>
  syntax: Syntax
}

export function describePath(path: string): PathTraits {
  const folders = path.toLowerCase().split('/')
  const name = folders.pop() ?? ''
  const words = name.split(/[._-]/)
  const extension = name.lastIndexOf('.') > 0 ? (words.at(-1) ?? '') : ''
  const within = (table: ReadonlySet<string>) => folders.some((folder) => table.has(folder))
  const inTests = within(testFolders) || testFolderEnd.test(path)
  const found = new Set<Place>()
  if (lockFiles.has(name) || lockExtensions.has(extension)) found.add('lock')
  if (assetExtensions.has(extension)) found.add('asset')
  if (inTests || isTestFile(path, words)) found.add('test')
  if (within(docsFolders) || docsExtensions.has(extension) || isSample(words)) found.add('docs')
  if (isCredentialFile(path, name)) found.add('credentials')
  if (within(localeFolders) || isTranslation(name, extension)) found.add('locale')
  return { places: found, syntax: syntaxOf(name, words, extension) }
}

function isTestFile(path: string, words: readonly string[]): boolean {
  // What tools try charts with, by Helm's convention.
  if (/(?:^|\/)ci\/[\w-]*values\.ya?ml$/.test(path)) return true
  if (words[0] === 'test' || words[0] === 'conftest') return words.length > 1
  if (words.slice(1).some((word) => testWords.has(word))) return true
  return /[a-z0-9](?:Tests?|IT|Spec|TestCase)\.(?:java|kt|cs|scala|groovy|php|swift)$/.test(path)
}

function isSample(words: readonly string[]): boolean {
  if (proseNames.has(words[0] ?? '')) return true
  return words.slice(1).some((word) => sampleWords.has(word))
}

/** Files that programs keep for nothing but logging in. */
function isCredentialFile(path: string, name: string): boolean {
  return credentialFiles.has(name) || credentialPath.test(path)
}

function isTranslation(name: string, extension: string): boolean {
  return localeExtensions.has(extension) || /^messages(?:_\w{2,8})?\.properties$/.test(name)
}

function syntaxOf(name: string, words: readonly string[], extension: string): Syntax {
  const bare = extension === '' || words.includes('env') || name.endsWith('rc')
  return bare || configExtensions.has(extension) || configNames.has(words[0] ?? '')
    ? 'config'
    : 'code'
}

const lockFiles = wordSet(
  'package-lock.json npm-shrinkwrap.json pnpm-lock.yaml packages.lock.json go.sum go.work.sum',
  '.terraform.lock.hcl verification-metadata.xml',
)
const lockExtensions = wordSet('lock lockb lockfile sha256 sha512 sum')
const assetExtensions = wordSet('css scss sass less svg map ttx pbxproj snap tsv')

const testFolders = wordSet(
  'test tests __tests__ spec specs mock mocks __mocks__ fixture fixtures __fixtures__ testdata',
  'test-data test_data testing testutil testutils test-utils e2e cypress integration-tests',
  'unit-tests testfixtures snapshots __snapshots__ cassettes',
)
/** `dockerTest/`, `smoke-tests/`. */
const testFolderEnd = /(?:[a-z0-9]Tests?|[-_]tests?)\//
const testWords = wordSet('test tests spec mock mocks fixture fixtures e2e')

const docsFolders = wordSet(
  'doc docs documentation example examples sample samples demo demos tutorial tutorials changelogs',
)
const docsExtensions = wordSet('md mdx markdown rst adoc asciidoc textile htm html tex pod')
const sampleWords = wordSet('example examples sample samples template tmpl tpl dist')
const proseNames = wordSet('readme changelog changes history news contributing license security')

const credentialFiles = wordSet(
  '.netrc _netrc .pgpass pgpass.conf .my.cnf .mylogin.cnf .git-credentials .ftpconfig .s3cfg .boto',
  '.npmrc .pypirc .dockercfg .credentials credentials .tugboat .esmtprc .msmtprc .fetchmailrc',
  '.htpasswd .vault_pass .remote-sync.json sftp-config.json sftp.json deployment-config.json',
  'filezilla.xml recentservers.xml sitemanager.xml webservers.xml winscp.ini wp-config.php',
  '.dbeaver-data-sources.xml credentials-config.json .smbcredentials wpa_supplicant.conf',
  'secrets.yml secrets.yaml',
  'credentials.yml credentials.yaml secrets.json credentials.json secrets.toml secrets.ini',
)
const credentialPath = anyOf(
  'i',
  /(?:^|\/)\.env(?:\.(?!example|sample|template|dist|test|default)\w+)?$|[\w-]\.env$/,
  /(?:^|\/)(?:\.aws\/config|\.cargo\/credentials\.toml|\.docker\/config\.json)$/,
)

const localeFolders = wordSet('i18n l10n locale locales lang langs language languages translations')
const localeExtensions = wordSet('po pot xlf xliff arb strings resx lang ftl')

const configExtensions = wordSet(
  'ini cfg conf cnf config properties props yml yaml toml sh bash zsh fish ksh profile service',
  'reg txt log md mdx rst adoc http rest envrc secret secrets credential credentials dockerfile',
  'bat cmd mk inf',
)
const configNames = wordSet('dockerfile makefile procfile containerfile jenkinsfile netrc pgpass')
