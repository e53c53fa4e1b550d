// JavaScript and TypeScript: modules by the relative paths in which imports name them.
import { moduleName } from '../javascript/module-name.ts'
import type { Outline } from './outline.ts'

export function scriptOutline(path: string, text: string): Outline {
  const wants = new Set<string>()
  for (const [, , specifier = ''] of text.matchAll(specifiers)) {
    if (wants.size >= wantsMax) break
    wants.add(moduleName(path, specifier))
  }
  return { language: 'javascript', declares: [], extends: [], wants: [...wants] }
}

/** `from './x'`, `import './x'`, `require('./x')`, `import('./x')`. */
const specifiers =
  /\b(?:from|import|require)\s{0,200}(?:\(\s{0,200})?(['"`])(\.{1,2}(?:\/[^'"`\n]{0,200})?)\1/g
const wantsMax = 500
