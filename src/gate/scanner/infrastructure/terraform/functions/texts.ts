// Functions of texts. Regular expressions are not evaluated: whoever wrote the file chose them, and
// one that takes for ever would take the scan with it.
import type { Value } from '../../resource.ts'
import { Pieces } from '../evaluate/pieces.ts'
import { booleanOf, list, numberOf, scalar, textOf } from '../evaluate/value.ts'
import { limits, type Work } from '../evaluate/work.ts'
import { formatted } from './format.ts'
import type { Functions, TerraformFunction } from './function.ts'

const ofTexts =
  (calculate: (...texts: string[]) => string | boolean | null): TerraformFunction =>
  (args, place, work) => {
    const texts = allTexts(args)
    if (texts === null || texts.length === 0) return null
    const result = calculate(...texts)
    if (typeof result !== 'string') return result === null ? null : scalar(result, place)
    return work.allows(result.length, 'text') ? scalar(result, place) : null
  }

function allTexts(values: readonly Value[]): string[] | null {
  const texts = values.map(textOf)
  return texts.every((text) => text !== null) ? texts : null
}

export const textFunctions: Functions = {
  chomp: ofTexts((text) => text.replace(/[\r\n]+$/, '')),
  endswith: ofTexts((text, end = '') => text.endsWith(end)),
  lower: ofTexts((text) => text.toLowerCase()),
  startswith: ofTexts((text, start = '') => text.startsWith(start)),
  strcontains: ofTexts((text, part = '') => text.includes(part)),
  strrev: ofTexts((text) => [...text].reverse().join('')),
  title: ofTexts((text) => text.replace(/(^|\s)\p{Ll}/gu, (start) => start.toUpperCase())),
  trim: ofTexts((text, cut = '') => trimmed(text, cut)),
  trimprefix: ofTexts((text, start = '') =>
    text.startsWith(start) ? text.slice(start.length) : text,
  ),
  trimspace: ofTexts((text) => text.trim()),
  trimsuffix: ofTexts((text, end = '') =>
    end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text,
  ),
  upper: ofTexts((text) => text.toUpperCase()),

  format: ([pattern, ...args], place, work) => {
    const text = pattern === undefined ? null : textOf(pattern)
    return text === null ? null : formatted(text, args, place, work)
  },

  indent: ([spaces, text], place, work) => {
    const [count, lines] = [spaces && numberOf(spaces), text && textOf(text)]
    if (count == null || lines == null || count < 0 || count > 200) return null
    const result = lines.replaceAll('\n', `\n${' '.repeat(count)}`)
    return work.allows(result.length, 'text') ? scalar(result, place) : null
  },

  join: ([separator, ...lists], place, work) => {
    const between = separator === undefined ? null : textOf(separator)
    if (between === null || lists.some(({ kind }) => kind !== 'list')) return null
    const items = lists.flatMap((each) => (each.kind === 'list' ? each.items : []))
    return joined(items, between, { place, work })
  },

  replace: ([text, part, by], place, work) => {
    const texts = allTexts([text, part, by].filter((arg) => arg !== undefined))
    const [whole, from, to] = texts ?? []
    if (whole === undefined || from === undefined || to === undefined) return null
    if (from.length > 1 && from.startsWith('/') && from.endsWith('/')) return null
    const count = whole.split(from).length - 1
    if (!work.allows(whole.length + count * to.length, 'text')) return null
    return scalar(whole.split(from).join(to), place)
  },

  split: ([separator, text], place, work) => {
    const [between, whole] = [separator && textOf(separator), text && textOf(text)]
    if (between == null || whole == null) return null
    const parts = between === '' ? [...whole] : whole.split(between)
    if (!work.allows(parts.length, 'items')) return null
    return list(
      parts.map((part) => scalar(part, place)),
      place,
    )
  },

  substr: ([text, offset, length], place) => {
    const [whole, from, count] = [
      text && textOf(text),
      offset && numberOf(offset),
      length && numberOf(length),
    ]
    if (whole == null || from == null || count == null) return null
    const start = from < 0 ? Math.max(whole.length + from, 0) : from
    return scalar(whole.slice(start, count < 0 ? undefined : start + count), place)
  },

  alltrue: ([items], place) => truths(items, place, false),
  anytrue: ([items], place) => truths(items, place, true),
}

function joined(
  items: readonly Value[],
  between: string,
  { place, work }: { place: Value['place']; work: Work },
): Value | null {
  const text = new Pieces(place)
  for (const [index, item] of items.entries()) {
    if (index > 0) text.add(between)
    text.addValue(item)
    if (text.length > limits.text) break
  }
  return work.allows(text.length, 'text') ? text.value() : null
}

function trimmed(text: string, cut: string): string {
  const units = new Set(cut)
  let [start, end] = [0, text.length]
  while (start < end && units.has(text[start] as string)) start++
  while (end > start && units.has(text[end - 1] as string)) end--
  return text.slice(start, end)
}

function truths(items: Value | undefined, place: Value['place'], decisive: boolean): Value | null {
  if (items?.kind !== 'list') return null
  const found = items.items.map(booleanOf)
  if (found.includes(decisive)) return scalar(decisive, place)
  return found.includes(null) ? null : scalar(!decisive, place)
}
