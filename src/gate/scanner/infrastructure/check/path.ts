// Paths into the body of a resource: `ingress[*].cidr_blocks[*]`, `policy:json.Statement[*]`.
import { RuleError } from '../../secrets/fields.ts'
import type { Path, Step } from './rule-data.ts'

/**
 * Reads a path:
 *
 *     encrypted                      an attribute
 *     metadata["example.com/name"]   a key with dots
 *     ingress[0]                     one item
 *     ingress[*]                     each item; a value that is no list counts as a list of one
 *     tags.*                         each value of a mapping
 *     policy:json.Statement[*]       what a text holds as JSON
 *     user_data:base64               what a text holds in base64
 *     .                              the value itself, inside `with`
 *     $.name                         from the resource's body, inside `with`
 *
 * A key on a list goes into its items: `versioning.enabled` needs no `[*]` for a block that
 * stands once. Throws `RuleError`.
 */
export function parsePath(text: string, where: string): Path {
  const fromRoot = text.startsWith('$.')
  const rest = fromRoot ? text.slice(2) : text
  const path: Path = { text, fromRoot, steps: [] }
  if (rest === '.') return path
  let at = 0
  while (at < rest.length) {
    const form = at === 0 ? first : next
    form.lastIndex = at
    const found = form.exec(rest)
    if (found === null) {
      const left = JSON.stringify(rest.slice(at))
      throw new RuleError(`${where}: cannot read the path ${JSON.stringify(text)} at ${left}`)
    }
    path.steps.push(toStep(found.groups ?? {}))
    at = form.lastIndex
  }
  if (path.steps.length === 0) throw new RuleError(`${where}: the path is empty`)
  return path
}

const named = '(?:(?<star>\\*)|(?<key>[\\w$@/-]+))'
const suffix = '\\[(?:(?<items>\\*)|(?<index>\\d{1,6})|"(?<quoted>[^"]+)")\\]|:(?<form>json|base64)'
const first = new RegExp(`${named}|${suffix}`, 'y')
const next = new RegExp(`\\.${named}|${suffix}`, 'y')

function toStep(groups: Record<string, string | undefined>): Step {
  const key = groups.key ?? groups.quoted
  if (key !== undefined) return { kind: 'key', key }
  if (groups.index !== undefined) return { kind: 'index', index: Number(groups.index) }
  if (groups.items !== undefined) return { kind: 'items' }
  if (groups.form === 'json' || groups.form === 'base64') return { kind: groups.form }
  return { kind: 'values' }
}

export function hasWildcard(path: Path): boolean {
  return path.steps.some(isWildcard)
}

export function isWildcard({ kind }: Step): boolean {
  return kind === 'items' || kind === 'values'
}
