// Checking is done elsewhere: nobody waits for a long one, and none can stay.
import { afterEach, describe, expect, it } from 'vitest'
import { type Checker, createChecker } from './checker.ts'

describe('the checker', () => {
  const checkers: Checker[] = []
  afterEach(() => {
    for (const checker of checkers.splice(0)) checker.stop()
  })
  function open(options: { timeoutMs?: number } = {}): Checker {
    const checker = createChecker(options)
    checkers.push(checker)
    return checker
  }

  const small = { cedar: 'permit (principal is User, action, resource);' }
  const long = {
    cedar: `permit (principal == User::"someone of a long name", action, resource)
      when { context has "a" && context["a"] == [1, 2, 3] };\n`.repeat(400),
  }

  it('answers what was written, in order, and with the place of what is wrong', async () => {
    const { check } = open()
    const [good, bad, rules] = await Promise.all([
      check(small, null),
      check({ cedar: 'permit (principal, action);' }, null),
      check({ rules: [{ effect: 'allow', actions: ['read'] }] as never }, null),
    ])
    expect(good).toMatchObject({ errors: [], content: { cedar: small.cedar, rules: null } })
    expect(good.content?.compiled).toMatchObject([{ effect: 'permit' }])
    expect(bad).toMatchObject({ content: null, errors: [{ line: 1 }] })
    expect(rules.content?.cedar).toContain('permit')
  })

  it('leaves everything else its turns while a long one is checked', async () => {
    const { check } = open()
    await check(small, null)
    let turns = 0
    let next = setImmediate(function turn() {
      turns += 1
      next = setImmediate(turn)
    })
    const checked = await check(long, null)
    clearImmediate(next)
    expect(checked.content?.compiled).toHaveLength(400)
    expect(turns).toBeGreaterThan(20)
  })

  it('ends what takes too long, says so, and goes on', async () => {
    const { check } = open({ timeoutMs: 1 })
    expect(await check(long, null)).toMatchObject({
      content: null,
      errors: [{ message: 'checking it took longer than 0.001 s', help: expect.any(String) }],
    })
    expect((await open().check(small, null)).errors).toEqual([])
  })

  it('refuses with 503 what would wait behind too many, and all after its end', async () => {
    const checker = open()
    const asked = Array.from({ length: 66 }, () => checker.check(small, null))
    await expect(asked.at(-1)).rejects.toMatchObject({ code: 'unavailable' })
    checker.stop()
    const answers = await Promise.allSettled(asked)
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true)
    await expect(checker.check(small, null)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
