// The surroundings of every git process: none of the machine's or the user's configuration, no
// hooks, filters, prompts, proxies or helpers, and no protocol but the one that is asked for.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where git processes of one job run. `scratchDir` belongs to the job and to nobody else. */
export interface Git {
  scratchDir: string
  env: Readonly<Record<string, string>>
}

/** Writes git's only configuration file into the scratch folder, which is made if needed. */
export async function prepareGit(scratchDir: string): Promise<Git> {
  const home = join(scratchDir, 'home')
  const config = join(scratchDir, 'gitconfig')
  await mkdir(home, { recursive: true, mode: 0o700 })
  await writeFile(config, configuration, { mode: 0o600 })
  return { scratchDir, env: environment(home, config) }
}

function environment(home: string, config: string): Record<string, string> {
  return {
    ...inherited(),
    LC_ALL: 'C',
    LANG: 'C',
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: config,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PAGER: 'cat',
  }
}

// The operator's certificate authorities are trusted; everything else of the environment, the
// proxies above all, would undo the pinned address or hand git an instruction.
const inheritedNames = [
  'PATH',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
]

function inherited(): Record<string, string> {
  const entries = inheritedNames.map((name) => [name, process.env[name]] as const)
  return Object.fromEntries(entries.filter((e): e is [string, string] => e[1] !== undefined))
}

// Oddities of old histories and of hostile `.gitmodules`: nothing here checks a tree out or
// follows a submodule, so they are no reason to leave a repository unscanned. What could mislead
// a reader of paths (`..`, `.git`, slashes in names) still fails the check.
const harmlessChecks = [
  'badDate',
  'badDateOverflow',
  'badEmail',
  'badFilemode',
  'badName',
  'badTimezone',
  'gitattributesBlob',
  'gitattributesLarge',
  'gitattributesLineLength',
  'gitattributesMissing',
  'gitmodulesBlob',
  'gitmodulesLarge',
  'gitmodulesMissing',
  'gitmodulesName',
  'gitmodulesParse',
  'gitmodulesPath',
  'gitmodulesSymlink',
  'gitmodulesUpdate',
  'gitmodulesUrl',
  'missingEmail',
  'missingNameBeforeEmail',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'missingTaggerEntry',
  'badTagName',
  'multipleAuthors',
  'nulInCommit',
  'zeroPaddedDate',
  'zeroPaddedFilemode',
]

const configuration = `[safe]
	directory = *
[core]
	hooksPath = /dev/null
	fsmonitor = false
	symlinks = false
	askPass =
	bigFileThreshold = 16m
	deltaBaseCacheLimit = 64m
	packedGitWindowSize = 64m
	packedGitLimit = 1g
[credential]
	helper =
[http]
	followRedirects = false
	lowSpeedLimit = 1000
	lowSpeedTime = 60
[protocol]
	version = 2
[transfer]
	fsckObjects = true
	credentialsInUrl = die
	bundleURI = false
[fetch]
	unpackLimit = 1
	recurseSubmodules = false
	writeCommitGraph = false
[fetch "fsck"]
${harmlessChecks.map((check) => `\t${check} = ignore`).join('\n')}
[submodule]
	recurse = false
[gc]
	auto = 0
[maintenance]
	auto = false
[pack]
	threads = 2
[log]
	showSignature = false
[init]
	templateDir =
	defaultBranch = main
`
