// What was typed or configured cannot be done: told in one line, with exit code 2.

export class UsageError extends Error {
  /** What to do instead, as a line of its own. */
  readonly hint: string | null

  constructor(message: string, hint: string | null = null) {
    super(message)
    this.name = 'UsageError'
    this.hint = hint
  }
}
