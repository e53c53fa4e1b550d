// Names of files and folders: one form, the terms of the field, a path that reads as a phrase.
import { posix } from 'node:path'
import type { Tree } from './tree.ts'

const banned = new Set('util utils helper helpers common manager base impl misc'.split(' '))
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|fixture|gen|config|d))*(\.[a-z0-9]+)?$/
const component = /^[A-Z][A-Za-z0-9]*(\.test)?\.tsx$/

export function findBadNames(tree: Tree): string[] {
  const paths = [...tree.keys()].filter((path) => /^(src|bin|test|bench|web)\//.test(path))
  return paths.flatMap((path) =>
    [wrongForm(path), vague(path), stammer(path)].flatMap((problem) =>
      problem ? [`${path}:1 ${problem}`] : [],
    ),
  )
}

function wrongForm(path: string): string | undefined {
  const parts = path.split('/')
  const wrong = parts.find((part) => !kebab.test(part) && !isComponent(path, part))
  return wrong && `is not named in kebab-case (${wrong})`
}

function isComponent(path: string, part: string): boolean {
  return path.startsWith('web/') && component.test(part)
}

function vague(path: string): string | undefined {
  const word = path
    .split('/')
    .flatMap(wordsOf)
    .find((each) => banned.has(each))
  return word && `says "${word}", which says nothing: name what it is for`
}

/**
 * `scanner/scanner.ts` is the thing itself and may be called so; `scanner/scanner-pool.ts` says
 * twice what the folder says once.
 */
function stammer(path: string): string | undefined {
  const name = wordsOf(posix.basename(path))
  if (name.length < 2) return undefined
  const folders = posix.dirname(path).split('/')
  const repeated = folders.find((folder) => contains(name, wordsOf(folder)))
  return repeated && `repeats its folder ${repeated}: leave that word out`
}

function wordsOf(part: string): string[] {
  return part.replace(/^\.+/, '').split('.')[0]?.split('-') ?? []
}

function contains(name: readonly string[], folder: readonly string[]): boolean {
  const singular = (word: string) => word.replace(/ies$/, 'y').replace(/s$/, '')
  const wanted = folder.map(singular).join('-')
  return name.some((_, start) => {
    const part = name.slice(start, start + folder.length)
    return part.map(singular).join('-') === wanted
  })
}
