// The workflows that zizmor's tests hold: those of which its default settings tell something, and
// those of which they tell nothing. The truth is the snapshots in the tests, read as text.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Example, Examples } from './checkov-examples.ts'

export function zizmorExamples(root: string): Examples {
  const into: Examples = { examples: [], files: new Map() }
  const tests = join(root, 'crates/zizmor/tests/integration')
  for (const name of readdirSync(join(tests, 'audit')).sort()) {
    const audit = basename(name, '.rs').replaceAll('_', '-')
    const text = readFileSync(join(tests, 'audit', name), 'utf8')
    for (const [at, test] of text.split('#[test]').entries()) {
      const input = /input_under_test\(\s*"([^"]+)"/.exec(test)?.[1]
      if (at === 0 || input === undefined) continue
      const full = join(tests, 'test-data', input)
      if (!existsSync(full) || !statSync(full).isFile() || !workflow.test(full)) continue
      addTest({ audit, at, test, full }, into)
    }
  }
  return into
}

/** Not the settings of Dependabot and of pre-commit, which have examples, too. */
const workflow = /(?:^|\/)(?!dependabot|\.pre-commit)[^/]+\.ya?ml$/

interface Test {
  audit: string
  at: number
  test: string
  full: string
}

function addTest({ audit, at, test, full }: Test, into: Examples): void {
  const isDefault = !/--persona|\.config\(|--min-|--no-online|--gh-token/.test(test)
  const isBad = test.includes(`[${audit}]`)
  // What even the strictest settings find nothing in is good, what only they tell is a matter of
  // opinion.
  if (isBad ? !isDefault : !test.includes('No findings to report')) return
  const file = basename(full)
  const folder = `actions/${audit}/${at}`
  const isAction = /^action\.ya?ml$/.test(file)
  const path = isAction ? `${folder}/${file}` : `${folder}/.github/workflows/${file}`
  into.files.set(path, readFileSync(full, 'utf8'))
  const whole = { from: 1, to: Number.MAX_SAFE_INTEGER }
  const example: Example = { platform: 'actions', check: audit, isBad, path, ...whole }
  into.examples.push(example)
}
