// Python: modules and what is imported from them, which may be modules, too.
import { relativeModule } from '../python/module-name.ts'
import type { Outline } from './outline.ts'

export function pythonOutline(path: string, text: string): Outline {
  const wants = new Set<string>()
  const add = (name: string) => {
    if (name !== '' && name.length <= nameCharsMax && wants.size < wantsMax) wants.add(name)
  }
  for (const [, names = ''] of text.matchAll(plainImport)) {
    for (const one of names.split(',')) add(/[\w.]+/.exec(one)?.[0] ?? '')
  }
  for (const [, from = '', within, line] of text.matchAll(importFrom)) {
    const source = from.trim()
    const written = source.replace(/^\.+/, '')
    const dots = source.length - written.length
    const name = written.trim()
    // Words in a row are prose.
    if (/\s/.test(name)) continue
    const module = dots === 0 ? name : relativeModule(path, dots, name)
    add(module)
    for (const one of (within ?? line ?? '').replace(/#.*$/gm, '').split(',')) {
      const member = /^\s*(\w+)/.exec(one)?.[1]
      if (member !== undefined) add(module === '' ? member : `${module}.${member}`)
    }
  }
  return { language: 'python', declares: [], extends: [], wants: [...wants] }
}

// Every repetition ends, and none can begin where the one before it may go on: whatever is
// scanned, the time is in proportion to its length.
const plainImport = /^[ \t]{0,200}import[ \t]([\w., \t]{1,500})/gm
const importFrom = new RegExp(
  String.raw`^[ \t]{0,200}from\b([\w. \t]{1,500}?)(?<=[ \t.])import\b[ \t]*` +
    String.raw`(?:\(([^)]{0,4000})|([^\n(]{0,500}))`,
  'gm',
)
const nameCharsMax = 300
const wantsMax = 800
