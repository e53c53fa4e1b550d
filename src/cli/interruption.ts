// Ctrl-C and SIGTERM end the work under way instead of the process, so that workers and git end
// with it and nothing is left behind.

/** The work was ended by a signal; the exit code is the one that shells expect. */
export class Interrupted extends Error {
  readonly exitCode: number

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`)
    this.name = 'Interrupted'
    this.exitCode = signal === 'SIGINT' ? 130 : 143
  }
}

/** Does the work with a signal that SIGINT and SIGTERM abort; a second one ends at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals) => {
    const reason = new Interrupted(name)
    if (controller.signal.aborted) process.exit(reason.exitCode)
    controller.abort(reason)
  }
  const names: NodeJS.Signals[] = ['SIGINT', 'SIGTERM']
  for (const name of names) process.on(name, onSignal)
  try {
    return await work(controller.signal)
  } finally {
    for (const name of names) process.off(name, onSignal)
  }
}
