// Functions that write texts of values and read values from texts.
import type { Value } from '../../resource.ts'
import { decodeJson, decodePartialJson } from '../evaluate/json-text.ts'
import { type Encoded, isEncoded, isPartialText, scalar, textOf } from '../evaluate/value.ts'
import type { Functions, TerraformFunction } from './function.ts'

/** Structures stay such, so that checks can look into them. */
const encode: TerraformFunction = ([value], place) => {
  if (value === undefined || value.kind === 'unknown') return null
  if (value.kind === 'scalar') return scalar(JSON.stringify(value.value), place)
  return { ...value, place, encoded: true } as Encoded
}

const decode: TerraformFunction = ([value], place) => {
  if (value === undefined) return null
  if (isEncoded(value)) return plain(value)
  if (isPartialText(value)) return decodePartialJson(value)
  const text = textOf(value)
  return text === null ? null : decodeJson(text, place)
}

function plain(value: Encoded): Value {
  const { place } = value
  return value.kind === 'list'
    ? { kind: 'list', items: value.items, place }
    : { kind: 'map', entries: value.entries, place, open: value.open }
}

export const encodingFunctions: Functions = {
  jsondecode: decode,
  jsonencode: encode,
  // What is read of YAML here is JSON, which is YAML, too.
  yamldecode: decode,
  yamlencode: encode,

  base64decode: ([value], place, work) => {
    const text = value === undefined ? null : textOf(value)
    if (text === null || !work.allows(text.length, 'text')) return null
    return scalar(Buffer.from(text, 'base64').toString('utf8'), place)
  },

  base64encode: ([value], place, work) => {
    const text = value === undefined ? null : textOf(value)
    if (text === null || !work.allows(text.length * 2, 'text')) return null
    return scalar(Buffer.from(text, 'utf8').toString('base64'), place)
  },

  urlencode: ([value], place, work) => {
    const text = value === undefined ? null : textOf(value)
    if (text === null || !work.allows(text.length * 3, 'text') || !text.isWellFormed()) return null
    return scalar(encodeURIComponent(text), place)
  },
}
