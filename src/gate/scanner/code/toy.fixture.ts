// A small world for tests of the engine: one source, one sink, a few rules; and the real grammars.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileEngine } from '../engine.ts'
import { createCodeEngine } from './engine.ts'
import type { Frontend } from './frontend.ts'
import { parseCodeRules } from './rule.ts'

const rule = (id: string, more = '') => ({
  path: `code/${id}.yaml`,
  text: [
    `id: ${id}`,
    'title: T',
    'severity: high',
    'description: D',
    'remediation: R',
    'cwe: CWE-1',
    more,
  ].join('\n'),
})

/** `models` is the text of one file of models for the frontend's language. */
export function toyEngine(frontend: Frontend, models: string): FileEngine {
  const rules = parseCodeRules([
    rule('flow'),
    rule('misuse'),
    rule('path-traversal'),
    rule('ssrf'),
    rule('open-redirect'),
    rule('guess', 'sources: [predictable]'),
    { path: `models/${frontend.language}/toy.yaml`, text: `library: Toy\n${models}` },
  ])
  return createCodeEngine({ rules, frontends: [frontend], load: loadGrammar })
}

export function loadGrammar(name: string): Promise<Uint8Array> {
  return readFile(join(import.meta.dirname, `../../../../vendor/grammars/${name}.wasm`))
}
