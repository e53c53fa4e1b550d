// Java: packages, types and every capitalised word, since types of the same package need no import.
import type { Outline } from './outline.ts'

export function javaOutline(text: string): Outline {
  const namespace = packageLine.exec(text)?.[1] ?? ''
  const inPackage = (name: string) => (namespace === '' ? name : `${namespace}.${name}`)
  const { imports, wildcards } = importsOf(text)
  const declares = new Set<string>()
  const supertypes = new Set<string>()
  for (const [, name = '', heading = ''] of text.matchAll(declaration)) {
    if (declares.size >= declaresMax) break
    declares.add(inPackage(name))
    for (const [word] of heading.matchAll(capitalised)) addMeanings(word)
  }
  const wants = new Set([...imports.values()].slice(0, wantsMax))
  addAll(wants, text, qualified)
  addAll(wants, text, resource)
  const words = new Set<string>()
  for (const [word] of text.matchAll(capitalised)) {
    if (words.size >= wantsMax) break
    if (!imports.has(word)) words.add(word)
  }
  for (const own of declares) {
    wants.delete(own)
    words.delete(own.slice(own.lastIndexOf('.') + 1))
  }
  return {
    language: 'java',
    declares: [...declares],
    extends: [...supertypes],
    wants: [...wants],
    words: [...words].join(' '),
    packages: [namespace, ...wildcards],
  }

  function addMeanings(word: string): void {
    const imported = imports.get(word)
    if (supertypes.size >= declaresMax) return
    supertypes.add(imported ?? inPackage(word))
    if (imported !== undefined) return
    for (const wildcard of wildcards) {
      if (supertypes.size >= declaresMax) return
      supertypes.add(`${wildcard}.${word}`)
    }
  }
}

/** Simple names to full ones, and the packages of which all is imported. */
function importsOf(text: string): { imports: Map<string, string>; wildcards: Set<string> } {
  const imports = new Map<string, string>()
  const wildcards = new Set<string>()
  for (const [, isStatic, name = '', star] of text.matchAll(importLine)) {
    if (imports.size >= wantsMax) break
    if (isStatic !== undefined) imports.set(name, star === undefined ? ownerOf(name) : name)
    else if (star === undefined) imports.set(name.slice(name.lastIndexOf('.') + 1), name)
    else if (wildcards.size < wildcardsMax) wildcards.add(name)
  }
  return { imports, wildcards }
}

function addAll(wants: Set<string>, text: string, pattern: RegExp): void {
  for (const [whole, name = whole] of text.matchAll(pattern)) {
    if (wants.size >= wantsMax) return
    if (name.length <= nameCharsMax) wants.add(name)
  }
}

const ownerOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')))

// Every repetition ends, and none can begin where the one before it may go on: whatever is
// scanned, the time is in proportion to its length.
const packageLine = /^[^\S\r\n]{0,200}package\s{1,200}([\w.]{1,300})\s{0,200};/m
const importLine =
  /^[^\S\r\n]{0,200}import\s{1,200}(static\s{1,200})?([\w.]{1,300}?)(\.\*)?\s{0,200};/gm
/** With what follows the name, which may name the types above. */
const declaration = /\b(?:class|interface|enum|record)\s{1,200}([A-Z]\w{0,200})\b([^{;]{0,400})/g
const qualified = /\b(?:[a-z_]\w{0,100}\.){1,12}[A-Z]\w{0,200}\b/g
const capitalised = /\b[A-Z]\w{0,200}\b/g
const resource = /"\/?(?:[\w-]{1,100}\/){0,8}([\w.-]{1,80}\.properties)"/g
const nameCharsMax = 300
const declaresMax = 100
const wildcardsMax = 50
const wantsMax = 1_500
