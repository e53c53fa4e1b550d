// Every proof of a rule about code, of every language: `rules/code/<language>/<id>.test.<ext>`.
//
// A line that must be found ends in a comment `expect: <rule>[, <rule>]`, or the comment stands
// alone on the line above. Everything else must be silent, for all rules; `ok: <why>` marks
// what is alike and must not be found.
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SourceText } from '../source-text.ts'
import { createCodeEngine } from './engine.ts'
import type { Frontend } from './frontend.ts'
import { parseCodeRules } from './rule.ts'

const root = join(import.meta.dirname, '../../../..')
const rulesFolder = join(root, 'rules')

/** A language whose frontend is not there yet has no proofs that could run. */
const frontends: Frontend[] = []
for (const language of ['java', 'javascript', 'python']) {
  const folder = join(import.meta.dirname, language)
  const path = `${folder}/frontend.ts`
  if (!list(import.meta.dirname, language).includes(`${language}/frontend.ts`)) continue
  const module = (await import(path)) as Record<string, Frontend>
  frontends.push(...Object.values(module).filter((one) => 'extensions' in one))
}

const files = [...list(rulesFolder, 'code'), ...list(rulesFolder, 'models')]
const rules = parseCodeRules(
  files
    .filter((path) => /(?<!\.test)\.yaml$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(rulesFolder, path), 'utf8') })),
)
const engine = createCodeEngine({
  rules,
  frontends,
  load: (name) => readFile(join(root, `vendor/grammars/${name}.wasm`)),
})
const proofs = files.filter((path) => /\.test\.(?!yaml$)[a-z]+$/.test(path) && engine.wants(path))
for (const path of proofs) await engine.prepare(path)

describe('the proof', () => {
  it.each(proofs)('%s holds', (path) => {
    // The name without `.test`, or the engine would take it for the code of a test.
    const source = new SourceText(
      path.replace('.test.', '.'),
      readFileSync(join(rulesFolder, path)),
    )
    const { weaknesses, incomplete } = engine.scan(source, { expired: () => false })
    expect(incomplete).toBeNull()
    const found = weaknesses.map(({ rule, start }) => `${source.positionAt(start).line} ${rule.id}`)
    expect(byLine(found)).toEqual(byLine(expected(source.text)))
  })
})

function expected(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const [, code = '', names] =
      /^(.*)(?:\/\/|#|\/\*|\{\/\*)\s*expect: *([\w, -]*\w)/.exec(line) ?? []
    if (names === undefined) return []
    const at = code.trim() === '' ? index + 2 : index + 1
    return names.split(',').map((name) => `${at} ${name.trim()}`)
  })
}

function byLine(places: readonly string[]): string[] {
  return [...new Set(places)].sort(
    (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1),
  )
}

function list(folder: string, below: string): string[] {
  try {
    return readdirSync(join(folder, below), { recursive: true, encoding: 'utf8' })
      .map((path) => join(below, path))
      .sort()
  } catch {
    return []
  }
}
