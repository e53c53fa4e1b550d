// Reads what a file of code says of its place in the program.
import type { SourceText } from '../../source-text.ts'
import type { Language } from '../ir/ir.ts'
import { javaOutline } from './java-outline.ts'
import type { Outline } from './outline.ts'
import { pythonOutline } from './python-outline.ts'
import { scriptOutline } from './script-outline.ts'

export function readOutline(source: SourceText, language: Language): Outline {
  const { path } = source
  const text = source.text.length > charsMax ? source.text.slice(0, charsMax) : source.text
  if (language === 'java') return javaOutline(text)
  return language === 'python' ? pythonOutline(path, text) : scriptOutline(path, text)
}

/** Imports stand at the beginning; what follows so much text is data. */
const charsMax = 1 << 20
