// Why a clone failed, told from git's own words; and in words that hold no secret and no path.
import { GitFailed } from './process.ts'

export const cloneErrorCodes = [
  'repository_not_found',
  'branch_not_found',
  'commit_not_found',
  'access_denied',
  'too_large',
  'timed_out',
  'clone_failed',
] as const
export type CloneErrorCode = (typeof cloneErrorCodes)[number]

/** A clone that failed. The message is fit to be shown; it holds neither address nor path. */
export class CloneError extends Error {
  readonly code: CloneErrorCode
  readonly #gitSaid: string | undefined

  constructor(code: CloneErrorCode, message?: string, gitSaid?: string) {
    super(message ?? messages[code])
    this.name = 'CloneError'
    this.code = code
    this.#gitSaid = gitSaid?.trim().slice(-gitSaidMax)
  }

  /** The end of what git itself said, for the log alone: it may name addresses and paths. */
  get gitSaid(): string | undefined {
    return this.#gitSaid
  }
}

const gitSaidMax = 1000

/** Turns whatever stopped a git process into a `CloneError`; other errors pass unchanged. */
export function classifyGitFailure(error: unknown): unknown {
  if (!(error instanceof GitFailed)) return error
  const told = signs.find(([pattern]) => pattern.test(error.stderr))
  const [, code = 'clone_failed', message] = told ?? []
  return new CloneError(code, message, error.stderr)
}

const messages: Record<CloneErrorCode, string> = {
  repository_not_found: 'No repository was found at this address: check its owner and name.',
  branch_not_found: 'The repository has no branch of this name.',
  commit_not_found: 'The repository has no such commit: give the full hash of one that was pushed.',
  access_denied:
    'The server refused access: the repository is private or does not exist. ' +
    'Give credentials that may read it.',
  too_large: 'The repository is larger than the limit for a clone.',
  timed_out: 'The clone took longer than allowed.',
  clone_failed: 'The repository could not be cloned.',
}

// git's messages under LC_ALL=C, the most telling first: a 401 ends in a prompt that is switched
// off, and "not found" also appears in messages about refs.
const signs: readonly (readonly [RegExp, CloneErrorCode, string?])[] = [
  [/not our ref|unadvertised object|couldn't find remote ref/i, 'commit_not_found'],
  [
    /Authentication failed|could not read (Username|Password)|terminal prompts disabled/i,
    'access_denied',
  ],
  [/returned error: 40[13]|Permission denied|access denied|HTTP Basic: Access/i, 'access_denied'],
  [
    /url base from redirection|returned error: 30\d/i,
    'clone_failed',
    'The server answered with a redirect, which is not followed: use the current address.',
  ],
  [
    /returned error: (404|410)|repository '.*' not found|does not appear to be a git repos/i,
    'repository_not_found',
  ],
  [/Repository not found|does not exist|no such repository/i, 'repository_not_found'],
  [
    /Could not resolve host|Failed to connect|Connection (refused|timed out|reset)/i,
    'clone_failed',
    'The server could not be reached.',
  ],
  [
    /SSL|certificate|TLS/,
    'clone_failed',
    'The connection to the server could not be secured: check its certificate.',
  ],
  [
    /fsck error|error: object [0-9a-f]+: |fatal: fsck|invalid (tree|object)|inconsistency/i,
    'clone_failed',
    "The repository holds objects that fail git's own check.",
  ],
  [/git: not found|git could not be started/, 'clone_failed', 'git is not installed.'],
  [/out of memory|mmap failed/i, 'too_large', 'The repository needs more memory than allowed.'],
]
