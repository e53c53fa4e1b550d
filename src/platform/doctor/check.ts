// What the doctor finds: one thing looked at, how it stands, and what to do about it.

export interface Check {
  /** Short and stable: scripts may look for it. */
  name: string
  /** `fail` keeps Panthera from working, `warn` does not, `skip` could not be looked at. */
  status: 'pass' | 'warn' | 'fail' | 'skip'
  /** One sentence without a full stop. */
  detail: string
  /** What to do, in one line; null where there is nothing to do. */
  fix: string | null
}

export function pass(name: string, detail: string): Check {
  return { name, status: 'pass', detail, fix: null }
}

export function warn(name: string, detail: string, fix: string): Check {
  return { name, status: 'warn', detail, fix }
}

export function fail(name: string, detail: string, fix: string): Check {
  return { name, status: 'fail', detail, fix }
}

export function skip(name: string, detail: string): Check {
  return { name, status: 'skip', detail, fix: null }
}

/** The first line of what was thrown. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  return message.split('\n')[0] ?? ''
}
