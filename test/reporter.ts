// Ends every run with one plain line of counts, after the reasons of what was skipped; fails a run
// in which nothing ran.
import type { SerializedError } from 'vitest'
import type { Plugin } from 'vitest/config'
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node'

declare module 'vitest' {
  interface TaskMeta {
    /** Why a component that the test needs is not there, set by test/require.ts. */
    missing?: string
  }
}

/** Adds the count line beside whatever reporters the configuration or `--reporter` names. */
export function countLine(): Plugin {
  return {
    name: 'panthera:count-line',
    configureVitest({ vitest }) {
      // Called once per project, and there is one line per run.
      const { reporters } = vitest.config
      if (!reporters.some(isOurs)) reporters.push(new CountReporter() as never)
    },
  }
}

/** Longer than any test or hook may take. */
const silenceMsMax = 240_000

export interface Counts {
  passed: number
  failed: number
  skipped: number
  /** Reason of skipping, as the end of a sentence, and how many tests it concerns. */
  reasons: Map<string, number>
}

class CountReporter implements Reporter {
  #vitest: Vitest | undefined
  #counts: Counts | undefined
  #silence: NodeJS.Timeout | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
    process.once('SIGTERM', () => process.exit(143))
    // At the exit, because vitest itself may still have a word after the last reporter's.
    process.once('exit', () => {
      const counts = this.#counts ?? this.#soFar()
      if (counts !== undefined) process.stdout.write(render(counts))
    })
  }

  onTestRunStart(): void {
    this.#counts = undefined
    this.#hear()
  }

  onTestCaseResult(): void {
    this.#hear()
  }

  onTestModuleEnd(): void {
    this.#hear()
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: string,
  ): void {
    clearTimeout(this.#silence)
    this.#silence = undefined
    this.#counts = count(modules, unhandled.length)
    if (!hasSucceeded(this.#counts) || reason !== 'passed') process.exitCode ||= 1
  }

  /** A loop without end keeps its process from noticing any timeout, so it is noticed here. */
  #hear(): void {
    clearTimeout(this.#silence)
    const limitMs = Number(process.env.PANTHERA_TEST_SILENCE_MS ?? silenceMsMax)
    this.#silence = setTimeout(() => {
      const running = this.#modules().filter((module) => module.state() === 'pending')
      const names = running.map((module) => module.relativeModuleId).join(', ')
      process.stderr.write(`\nNo test ended for ${limitMs} ms; running: ${names}\n`)
      process.exit(1)
    }, limitMs)
  }

  /** Of a run that was broken off, which counts as a failure. */
  #soFar(): Counts | undefined {
    return this.#silence && count(this.#modules(), 1)
  }

  #modules(): TestModule[] {
    return this.#vitest?.state.getTestModules() ?? []
  }
}

function isOurs(reporter: unknown): boolean {
  return reporter instanceof CountReporter
}

/** At least one test ran and none failed. */
export function hasSucceeded({ passed, failed }: Counts): boolean {
  return failed === 0 && passed > 0
}

/** Reasons first, then exactly `Tests: N passed, N failed, N skipped` on the last line. */
export function render({ passed, failed, skipped, reasons }: Counts): string {
  const lines = [...reasons].map(([reason, tests]) => `Skipped ${tests}: ${reason}`)
  return [...lines, `Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`, ''].join('\n')
}

/** A file or a hook that breaks counts as one failure, as its tests never came to run. */
function count(modules: readonly TestModule[], unhandled: number): Counts {
  const counts: Counts = { passed: 0, failed: unhandled, skipped: 0, reasons: new Map() }
  for (const module of modules) {
    counts.failed += [module, ...module.children.allSuites()].filter(isBroken).length
    for (const test of module.children.allTests()) add(counts, test)
  }
  return counts
}

function isBroken(suite: TestModule | TestSuite): boolean {
  return suite.errors().length > 0
}

function add(counts: Counts, test: TestCase): void {
  const result = test.result()
  if (result.state === 'passed') counts.passed += 1
  else if (result.state === 'failed') counts.failed += 1
  else {
    counts.skipped += 1
    const note = result.state === 'skipped' ? result.note : 'the run ended before it'
    const reason = cause(test) ?? note ?? 'not selected, or marked in the test'
    counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + 1)
  }
}

/** What its suites know: a component that is missing, or a hook before the tests that failed. */
function cause(task: TestCase | TestSuite | TestModule): string | undefined {
  const { missing } = task.meta()
  if (missing !== undefined) return missing
  if (task.type !== 'test' && isBroken(task)) return 'what comes before them in their file failed'
  return task.type === 'module' ? undefined : cause(task.parent)
}
