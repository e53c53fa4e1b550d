// The exit codes of every command, in one place: scripts rely on them.

export const exitCodes = {
  /** Nothing found, or nothing at or above the threshold. */
  clean: 0,
  /** Findings at or above `--fail-on`. */
  findings: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** A failure of ours, or with `--strict` an incomplete scan. */
  internal: 3,
  authentication: 4,
  /** The server cannot be reached. */
  unreachable: 5,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
