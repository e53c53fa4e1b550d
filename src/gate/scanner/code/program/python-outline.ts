// Python: modules and what is imported from them, which may be modules, too.
import { relativeModule } from '../python/module-name.ts'
import type { Outline } from './outline.ts'

export function pythonOutline(path: string, text: string): Outline {
  const wants = new Set<string>()
  const add = (name: string) => {
    if (name !== '' && wants.size < wantsMax) wants.add(name)
  }
  for (const [, names = ''] of text.matchAll(plainImport)) {
    for (const one of names.split(',')) add(/[\w.]+/.exec(one)?.[0] ?? '')
  }
  for (const [, dots = '', written = '', within, line] of text.matchAll(importFrom)) {
    const module = dots === '' ? written : relativeModule(path, dots.length, written)
    add(module)
    for (const one of (within ?? line ?? '').split(',')) {
      const name = /^\s*(\w+)/.exec(one.replace(/#.*$/gm, ''))?.[1]
      if (name !== undefined) add(module === '' ? name : `${module}.${name}`)
    }
  }
  return { language: 'python', declares: [], extends: [], wants: [...wants] }
}

const plainImport = /^[ \t]*import[ \t]+([\w., \t]{1,500})/gm
const importFrom =
  /^[ \t]*from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]+import[ \t]*(?:\(([^)]{0,4000})\)|([^\n(]{0,500}))/gm
const wantsMax = 800
