// What a file that was cut short leaves unproved: a weakness that begins in it is told of another
// file, the one where it ends.
import { type Language, languages } from '../scanner/code/ir/ir.ts'
import type { FileResult } from '../scanner/scanner.ts'
import { incompleteReasons } from './skipped.ts'

const endings: Record<Language, RegExp> = {
  java: /\.java$/i,
  javascript: /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte)$/i,
  python: /\.(?:pyw?|wsgi)$/i,
}

/** The language of code at this path, known without its content; null for anything else. */
export function languageOf(path: string): Language | null {
  return languages.find((language) => endings[language].test(path)) ?? null
}

export function isCut({ incomplete, skipped }: FileResult): boolean {
  return incomplete !== null || (skipped !== null && incompleteReasons.has(skipped))
}

interface Looked {
  path: string
  result: FileResult
}

/**
 * The code files in which something may be missed.
 * @param lost languages of which a file has no outline, so that it may lead anywhere
 * @param reachOf where a file leads
 */
export function unprovedOf(
  code: readonly Looked[],
  lost: ReadonlySet<Language>,
  reachOf: (path: string) => Iterable<string>,
): Set<string> {
  const unproved = new Set<string>()
  for (const { path, result } of code) {
    const language = languageOf(path)
    if (language !== null && lost.has(language)) unproved.add(path)
    if (!isCut(result)) continue
    unproved.add(path)
    for (const one of reachOf(path)) unproved.add(one)
  }
  return unproved
}
