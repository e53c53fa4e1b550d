// What can go wrong with a backup, each with what to do next.

/** `message` says what was found, `fix` what the operator can do; neither ever holds a secret. */
export class BackupError extends Error {
  /** One sentence without a full stop. */
  readonly fix: string

  constructor(message: string, fix: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'BackupError'
    this.fix = fix
  }
}

export function damaged(what: string, cause?: unknown): BackupError {
  return new BackupError(
    `the backup was changed or cut off: ${what}`,
    'copy the file again from where it was kept, or take an older backup',
    cause,
  )
}
