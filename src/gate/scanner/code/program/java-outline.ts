// Java: packages, types and every capitalised word, since types of the same package need no import.
import type { Outline } from './outline.ts'

export function javaOutline(text: string): Outline {
  const namespace = /^\s*package\s+([\w.]+)\s*;/m.exec(text)?.[1] ?? ''
  const inPackage = (name: string) => (namespace === '' ? name : `${namespace}.${name}`)
  const imports = new Map<string, string>()
  const wildcards: string[] = []
  for (const [, isStatic, name = '', star] of text.matchAll(importLine)) {
    if (isStatic !== undefined) imports.set(name, star === undefined ? ownerOf(name) : name)
    else if (star !== undefined) wildcards.push(name)
    else imports.set(name.slice(name.lastIndexOf('.') + 1), name)
  }
  const declares = new Set<string>()
  const supertypes = new Set<string>()
  for (const [, name = '', heading = ''] of text.matchAll(declaration)) {
    declares.add(inPackage(name))
    for (const [word] of heading.matchAll(capitalised)) {
      for (const full of meanings(word)) supertypes.add(full)
    }
  }
  const wants = new Set(imports.values())
  for (const [name] of text.matchAll(qualified)) wants.add(name)
  for (const [, name = ''] of text.matchAll(resource)) wants.add(name)
  const words = new Set<string>()
  for (const [word] of text.matchAll(capitalised)) {
    if (!imports.has(word) && words.size < wantsMax) words.add(word)
  }
  for (const own of declares) {
    wants.delete(own)
    words.delete(own.slice(own.lastIndexOf('.') + 1))
  }
  return {
    language: 'java',
    declares: [...declares].slice(0, declaresMax),
    extends: [...supertypes].slice(0, declaresMax),
    wants: [...wants].slice(0, wantsMax),
    words: [...words].join(' '),
    packages: [namespace, ...wildcards].slice(0, wildcardsMax),
  }

  function meanings(word: string): string[] {
    const imported = imports.get(word)
    if (imported !== undefined) return [imported]
    return [inPackage(word), ...wildcards.map((wildcard) => `${wildcard}.${word}`)]
  }
}

const ownerOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')))

const importLine = /^[ \t]*import\s+(static\s+)?([\w.]+?)(\.\*)?\s*;/gm
/** With what follows the name, which may name the types above. */
const declaration = /\b(?:class|interface|enum|record)\s+([A-Z]\w*)([^{;]{0,400})/g
const qualified = /\b(?:[a-z_]\w*\.){1,12}[A-Z]\w*/g
const capitalised = /\b[A-Z]\w*/g
const resource = /"\/?(?:[\w-]+\/){0,8}([\w.-]{1,80}\.properties)"/g
const declaresMax = 100
const wildcardsMax = 50
const wantsMax = 1_500
