// The lines of a requirements file: continued by a backslash, with comments, options and hashes.

import type { ProjectFile } from '../unit-files.ts'
import type { PythonRequirement } from './python-requirement.ts'
import { pythonName } from './python-requirement.ts'

export interface RequirementLine {
  /** What the line is, where it is no requirement of its own. */
  option: 'include' | 'constraint' | 'place' | null
  /** The requirement, or the path of what is included. */
  value: string
  /** A package that is named by its URL or folder only. */
  place: PythonRequirement | null
  /** Of the package's name. */
  start: number
  end: number
  /** `sha256:…` (hex). */
  hashes: string[]
  /** What pip-compile says asks for it, as it says it. */
  via: string[]
}

export function requirementLines({ text }: Pick<ProjectFile, 'text'>): RequirementLine[] {
  const found: RequirementLine[] = []
  let open = false
  let listsReasons = false
  for (const { 0: raw, index } of text.matchAll(/^[^\n]*/gm)) {
    const comment = /(?:^|\s)#(.*)/.exec(raw)
    const content = (comment === null ? raw : raw.slice(0, comment.index)).trim()
    const last = found.at(-1)
    const isContinued = content.endsWith('\\')
    const body = isContinued ? content.slice(0, -1).trim() : content
    if (open && last !== undefined && body !== '') extend(last, body)
    else if (body !== '') {
      const line = readLine(body, index + raw.indexOf(body))
      if (line !== null) found.push(line)
      listsReasons = false
    }
    if (comment === null) listsReasons = false
    else listsReasons = addReasons(found.at(-1), comment[1] ?? '', listsReasons)
    open = isContinued || (open && body === '' && comment !== null)
  }
  return found
}

function extend(line: RequirementLine, body: string): void {
  const { hashes, rest } = splitHashes(body)
  line.hashes.push(...hashes)
  if (line.option === null && rest !== '') line.value += ` ${rest}`
}

function splitHashes(body: string): { hashes: string[]; rest: string } {
  const hashes: string[] = []
  const rest = body.replace(/(?:^|\s)--hash[= ](\w+:[\w+/=]+)/g, (_, hash: string) => {
    hashes.push(hash)
    return ''
  })
  // Other options of a requirement (`--config-settings`) say nothing of the package.
  return { hashes, rest: rest.replace(/(?:^|\s)--?[a-z].*$/, '').trim() }
}

function readLine(body: string, start: number): RequirementLine | null {
  const line = { option: null, place: null, start, end: start, hashes: [], via: [], value: '' }
  const [, option, value = ''] = /^(-[a-z]|--[a-z-]+)(?:[\s=]+|(?<=^-\w))(\S*)/.exec(body) ?? []
  if (option === '-r' || option === '--requirement') return { ...line, option: 'include', value }
  if (option === '-c' || option === '--constraint') return { ...line, option: 'constraint', value }
  const isEditable = option === '-e' || option === '--editable'
  if (option !== undefined && !isEditable) return null
  const target = isEditable ? value : body
  if (isEditable || isPlace.test(target)) {
    const place = placeOf(target)
    if (place === null) return null
    const at = start + Math.max(body.indexOf(target), 0)
    return {
      ...line,
      option: 'place',
      place,
      start: at,
      end: at + target.split(/\s/, 1).join('').length,
    }
  }
  const { hashes, rest } = splitHashes(target)
  const name = /^[\w.-]*/.exec(rest)?.[0] ?? ''
  return { ...line, value: rest, hashes, end: start + name.length }
}

const isPlace = /^(?:git|hg|svn|bzr|https?|ftp|file)(?:\+\w+)?:/i

/** Named by `#egg=name` or its repository; null for folders of the project itself. */
function placeOf(target: string): PythonRequirement | null {
  const [origin = ''] = target.split(/\s/)
  if (!isPlace.test(origin) || origin.startsWith('file:')) return null
  const egg = /[#&]egg=([\w.-]+)/.exec(origin)?.[1]
  const repository = /\/([\w.-]+?)(?:\.git)?(?:@[^/]*)?(?:#.*)?$/.exec(origin)?.[1]
  const wheel = /\/([\w.]+)-\d[^/]*\.whl/.exec(origin)?.[1]
  const name = egg ?? wheel ?? repository
  if (name === undefined) return null
  return { name: pythonName(name), version: null, range: null, origin }
}

/** Whether the next comment goes on with the list. */
function addReasons(
  line: RequirementLine | undefined,
  comment: string,
  listsReasons: boolean,
): boolean {
  const [head, inline] = /^\s*via\b(.*)$/.exec(comment) ?? []
  if (head === undefined && !listsReasons) return false
  const reasons = (head === undefined ? comment : (inline ?? '')).split(',')
  for (const reason of reasons) if (reason.trim() !== '') line?.via.push(reason.trim())
  return true
}
