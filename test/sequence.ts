// Runs the files of minutes after all others, so that a mistake shows within seconds.
import type { TestSpecification } from 'vitest/node'
import { BaseSequencer } from 'vitest/node'

const slow = [/\/test\/package\.test\.ts$/, /\/test\/(journeys|conformance|fuzz)\//]

export class SlowestLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSlow = (file: TestSpecification) => slow.some((pattern) => pattern.test(file.moduleId))
    return [...sorted.filter((file) => !isSlow(file)), ...sorted.filter(isSlow)]
  }
}
